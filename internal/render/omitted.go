package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/internal/inventory"
)

// leftOut is why servers are not in an inventory, by cause.
var leftOut = map[inventory.Cause]string{
	inventory.NoAddress:   "no address",
	inventory.NoHostname:  "no hostname",
	inventory.BadHostname: "a hostname that DNS does not take",
	inventory.Reserved:    "a name that every machine has for itself",
}

// Omitted tells who is not in an inventory, one line a cause.
func Omitted(left []inventory.Omitted) string {
	var b strings.Builder
	for _, cause := range []inventory.Cause{inventory.NoAddress, inventory.NoHostname, inventory.BadHostname, inventory.Reserved} {
		var names []string
		for _, o := range left {
			if o.Cause == cause {
				names = append(names, o.Server.Name)
			}
		}
		switch len(names) {
		case 0:
		case 1:
			fmt.Fprintf(&b, "Left out: %s, which has %s.\n", nameList(names), leftOut[cause])
		default:
			fmt.Fprintf(&b, "Left out: %d servers that have %s: %s.\n", len(names), leftOut[cause], nameList(names))
		}
	}
	return b.String()
}

// NotThere tells which listed servers an inventory lacks because they do not exist.
func NotThere(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "Listed in the file, and not existing yet: " + nameList(names) + ".\n"
	}
	return fmt.Sprintf("Listed in the file, and not existing yet: %d servers: %s.\n", len(names), nameList(names))
}

// maxNames is how many names, or ranges of them, a list of names has.
const maxNames = 20

func nameList(names []string) string {
	return Escape(strings.Join(atMost(maxNames, ranges(slices.Clone(names)), "and %d more"), ", "))
}
