package cli

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// askedFlags are the flags that ask for changes, with their patterns.
func (f *flags) askedFlags() []askedFlag {
	return []askedFlag{{"--reboot", f.asked.Reboot}, {"--replace", f.asked.Replace}, {"--start", f.asked.Start}, {"--stop", f.asked.Stop}}
}

// asks reports whether a flag asks for a change.
func (f *flags) asks() bool {
	return slices.ContainsFunc(f.askedFlags(), func(a askedFlag) bool { return len(a.patterns) > 0 })
}

type askedFlag struct {
	name     string
	patterns []string
}

// checkAsked refuses to ask for what no server of the files is meant by: a mistyped
// name would look as if there was nothing to do.
func checkAsked(f *fleet.Fleet, sel planner.Selection) error {
	action, pattern, ok := sel.Unmatched(f)
	if !ok {
		return nil
	}
	return refusal{fmt.Sprintf("--%s %s matches no server of the fleet files that is selected", action, pattern),
		"only servers that the files list can be asked for; --target, --exclude and --selector narrow them"}
}
