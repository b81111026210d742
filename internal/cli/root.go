package cli

import "github.com/spf13/cobra"

const rootHelp = `fleet makes the servers of a VPS.org account be what a fleet file says.

The file says which servers should exist. plan compares it with the API and shows
what would change; apply does exactly that and waits until every server is ready.
What the file does not say, fleet does not touch.

Try it without an account:

  fleet apply --sandbox -f examples/quickstart

Every flag but those that ask for changes has a variable: --token-file is
FLEET_TOKEN_FILE. The API is reached with VPS_API_TOKEN, at VPS_API_URL (default
https://admin.vps.org/api/v1).`

func newRoot(c *command) *cobra.Command {
	root := &cobra.Command{
		Use:                "fleet",
		Short:              "Servers at VPS.org as a file says",
		Long:               rootHelp,
		Version:            thisBuild().String(),
		SilenceUsage:       true,
		SilenceErrors:      true,
		DisableSuggestions: true, // unknownCommand makes hints of them

		SuggestionsMinimumDistance: 2,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.Flags(), c.Getenv); err != nil {
				return err
			}
			if f := cmd.Flag("file"); f != nil {
				c.flags.fileIsGiven = f.Changed || f.Value.String() != f.DefValue // by a variable
			}
			if err := c.flags.check(); err != nil {
				return err
			}
			if err := c.checkFiles(); err != nil {
				return err
			}
			return c.startLog()
		},
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newCompletion(), newPlan(c), newApply(c), newDrift(c), newGet(c), newImport(c), newIntents(c), newList(c), newLock(c), newUnlock(c), newValidate(c), newSandbox(c), newSchema(c), newState(c), newVersion(c))
	root.SetHelpCommand(newHelp(c))
	root.InitDefaultHelpCmd()
	c.addTopics(root)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	for _, cmd := range append(root.Commands(), root) {
		c.addFlags(cmd)
	}
	root.SetHelpFunc(c.showHelp)
	return root
}
