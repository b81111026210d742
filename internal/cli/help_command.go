package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newHelp tells of a command or a topic by its name, which is not lost when it is
// misspelt: cobra's own help shows something else then, and ends well.
func newHelp(c *command) *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND | TOPIC]",
		Short:             "Tell more of a command, a topic, or which topics there are",
		Example:           "  fleet help plan\n  fleet help topics",
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // whatever the environment says
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			if len(args) == 0 {
				for _, row := range append(commandRows(cmd.Root()), topicRows()...) {
					names = append(names, cobra.CompletionWithDesc(row.head, row.text))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "topics" {
				p := page{lists: []helpList{{"Topics", topicRows()}}, more: "fleet help TOPIC tells more of a topic."}
				c.print(helpText(p, c.style(c.Stdout)))
				return nil
			}
			about, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = fmt.Errorf("%s has no command %q", about.CommandPath(), rest[0])
			}
			if err != nil {
				return refusal{err.Error(), "fleet help shows the commands, fleet help topics the topics"}
			}
			c.showHelp(about, nil)
			return nil
		},
	}
}
