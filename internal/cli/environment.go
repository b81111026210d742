package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// fromEnvironment gives every flag that was not given the value of its variable:
// FLEET_ and the flag's name in capitals, hyphens as underscores. What is asked for once
// is no setting: FLEET_REBOOT and its like count changes in pipelines.
func fromEnvironment(set *pflag.FlagSet, getenv func(string) string) error {
	var first error
	set.VisitAll(func(f *pflag.Flag) {
		name := "FLEET_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := getenv(name)
		if f.Changed || value == "" || f.Name == "help" || slices.Contains(onceFlags, f.Name) || first != nil {
			return
		}
		if err := f.Value.Set(value); err != nil {
			first = errors.New(plainly(fmt.Sprintf("%s=%q is not a value for --%s: %v", name, value, f.Name, err)))
		}
	})
	return first
}

// onceFlags are for one run, so that their variables do not count.
var onceFlags = []string{"reboot", "replace", "start", "stop", "allow-unready", "override-freeze"}
