package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagGroups are all flags by what they are for, in the order in which help tells
// of them.
var flagGroups = []struct {
	title string
	names []string
}{
	{"Which servers", []string{"file", "target", "exclude", "selector", "only", "since", "all", "host", "zone", "status", "location", "accept"}},
	{"What to do as well", []string{"reboot", "replace", "start", "stop"}},
	{"What to show", []string{"details", "summary", "full", "json", "output", "columns", "no-header", "sort", "ipv6", "user", "port", "list", "watch", "no-color", "detailed-exitcode"}},
	{"Files to write", []string{"write", "into", "out", "block", "markdown", "html", "max-bytes", "gitlab", "events", "metrics", "once"}},
	{"Approval", []string{"auto-approve", "digest", "keep"}},
	{"Which lease", []string{"epoch"}},
	{"Guards", []string{"allow-deletes", "allow-changes", "allow-cost", "allow-empty", "bootstrap", "max-corrections"}},
	{"Rollouts", []string{"allow-commands", "allow-self", "allow-unready", "override-freeze"}},
	{"How long to wait", []string{"timeout", "poll-interval", "settle", "request-timeout", "wait"}},
	{"How to ask the API", []string{"token-file", "sandbox", "rate", "parallelism", "details-max-age", "state", "journal"}},
	{"The sandbox", []string{"listen", "servers"}},
	{"Logs and help", []string{"log-level", "log-format", "help", "version"}},
}

// valueOf is the annotation of a flag with what stands for its value in help.
const valueOf = "value"

// nameValues takes what stands for a flag's value out of its description, where it
// is between backticks, so that nobody reads those: not in help, not in a shell.
func nameValues(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	cmd.LocalFlags().VisitAll(nameValue)
}

func nameValue(f *pflag.Flag) {
	if f.Annotations[valueOf] != nil {
		return
	}
	var value string
	value, f.Usage = pflag.UnquoteUsage(f)
	if f.Annotations == nil {
		f.Annotations = make(map[string][]string)
	}
	f.Annotations[valueOf] = []string{strings.ToUpper(value)}
	switch f.Name {
	case "help":
		f.Usage = "show this help"
	case "version":
		f.Usage = "print the version"
	}
}

// flagGroup is the part of a command's flags that are for one thing.
type flagGroup struct {
	title string
	flags []*pflag.Flag
	rows  []helpRow
}

// flagRows are a command's flags in groups.
func flagRows(cmd *cobra.Command) (groups []flagGroup) {
	for _, all := range flagGroups {
		g := flagGroup{title: all.title}
		for _, name := range all.names {
			f := cmd.Flags().Lookup(name)
			if f == nil {
				f = cmd.InheritedFlags().Lookup(name)
			}
			if f != nil {
				g.flags = append(g.flags, f)
				g.rows = append(g.rows, helpRow{flagHead(f), flagText(f)})
			}
		}
		groups = append(groups, g)
	}
	return slices.DeleteFunc(groups, func(g flagGroup) bool { return len(g.flags) == 0 })
}

// flagHead is a flag as it is typed: -f, --file FILE.
func flagHead(f *pflag.Flag) string {
	head := "--" + f.Name
	if f.Shorthand != "" {
		head = "-" + f.Shorthand + ", " + head
	}
	value := f.Annotations[valueOf][0]
	switch {
	case value == "":
		return head
	case f.NoOptDefVal != "":
		return head + "[=" + value + "]"
	}
	return head + " " + value
}

// flagText is what a flag is for, with the value that it has where nobody gives one.
func flagText(f *pflag.Flag) string {
	if standard := flagDefault(f); standard != "" {
		return f.Usage + " (default " + standard + ")"
	}
	return f.Usage
}

// flagDefault is the value of a flag that nobody gives; "" where that is as if
// there were no such flag.
func flagDefault(f *pflag.Flag) string {
	standard := strings.Trim(f.DefValue, "[]")
	if standard == "false" || standard == "0" || standard == "0s" {
		return ""
	}
	if minutes, ok := strings.CutSuffix(standard, "m0s"); ok {
		return minutes + "m"
	}
	return standard
}
