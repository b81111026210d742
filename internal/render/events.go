package render

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/apply"
)

// UnshownAwaited says what a run waits for before it plans.
func UnshownAwaited(e apply.UnshownAwaited) string {
	var names []string
	for _, x := range e.Servers {
		if name := Escape(x.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return "Waiting for the API to show what was done a moment ago to " + few(names)
}

// InDoubt says which creates of earlier runs may have made a server.
func InDoubt(open []apply.Intent) string {
	names := each(open, func(i apply.Intent) string { return i.Name })
	return "An earlier run ended without an answer to creates of " + Escape(strings.Join(ranges(names), ", ")) + ". Their servers are looked for before any is created again."
}
