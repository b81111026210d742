package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

func newIntents(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "intents",
		Short: "Show creates whose servers no list has shown yet",
		Long: `Show the creates that were sent and whose servers no list of the API has shown yet,
from the journals of this user, or the state of --state. Each may have made a server.
The next apply that wants the name looks for it first, and creates it again only when
it is certain that there is none. Nothing is sent and nothing is changed.`,
		Example: "  fleet intents\n  fleet intents --journal fleet.journal",
		Args:    noArguments("name a journal with --journal"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.intents(cmd.Context()) },
	}
}

func (c *command) intents(ctx context.Context) error {
	store, err := c.store()
	if err != nil {
		return err
	}
	open, err := store.Intents(ctx)
	if err != nil {
		return err
	}
	return c.show(render.Intents(open))
}
