package cli

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// What a shell offers for the values of flags and for arguments. It is asked for
// between two keys, so it reads the fleet files and never the API.

// levels and logFormats are the values of --log-level and --log-format.
var (
	levels     = []string{"debug", "info", "warn", "error"}
	logFormats = []string{"console", "json"}
)

// What is offered whatever the fleet files say.
var (
	anyFile    = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	folders    = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	fleetFiles = cobra.FixedCompletions([]cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt)
)

func oneOf(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// first offers values for the only argument of a command.
func first(one cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return one(cmd, args, typed)
	}
}

// listed offers values for a flag that takes several, with commas: after each comma
// those that are not given yet.
func listed(one cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		at := strings.LastIndex(typed, ",") + 1
		given := strings.Split(typed[:at], ",")
		values, directive := one(cmd, args, typed[at:])
		var offered []string
		for _, v := range values {
			if !slices.Contains(given, v) {
				offered = append(offered, typed[:at]+v)
			}
		}
		return offered, directive
	}
}

func kinds() (names []string) {
	for _, a := range planner.Actions {
		names = append(names, string(a))
	}
	return names
}

// namesInFile offers the names in the fleet files that begin with what was typed and
// stand for themselves alone where a pattern is wanted.
func (c *command) namesInFile(cmd *cobra.Command, _ []string, typed string) (names []string, _ cobra.ShellCompDirective) {
	for _, s := range c.serversInFile(cmd) {
		itself, err := path.Match(s.Name, s.Name)
		if err == nil && itself && strings.HasPrefix(s.Name, typed) && isOneWord(s.Name) && !strings.Contains(s.Name, ",") {
			names = append(names, s.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// labelsInFile offers the labels in the fleet files, with their values.
func (c *command) labelsInFile(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	found := make(map[string]bool)
	for _, s := range c.serversInFile(cmd) {
		for key, value := range s.Labels {
			if label := key + "=" + value; strings.HasPrefix(label, typed) && render.Escape(label) == label {
				found[label] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), cobra.ShellCompDirectiveNoFileComp
}

// serversInFile are the entries of the fleet files that the line so far, or the
// environment, names. A file with mistakes has none: nobody asked to be told.
func (c *command) serversInFile(cmd *cobra.Command) []fleet.Server {
	if fromEnvironment(cmd.Flags(), c.Getenv) != nil {
		return nil
	}
	files := slices.Compact(slices.Sorted(slices.Values(c.flags.files))) // cobra reads the line twice
	f, err := fleet.Load(files...)
	if err != nil {
		return nil
	}
	return f.Servers
}
