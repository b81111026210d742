package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
)

func newIntents(c *command) *cobra.Command {
	cmd := &cobra.Command{
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
	c.flags.forState(cmd.Flags())
	return cmd
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
	if len(open) == 0 {
		_, err := io.WriteString(c.Stdout, "No open intents.\n")
		return err
	}
	return writeIntents(c.Stdout, open)
}

func writeIntents(w io.Writer, open []apply.Intent) error {
	rows := [][]string{{"NAME", "PLAN", "OS", "LOCATION", "SENT", "ACCOUNT", "ENDPOINT"}}
	for _, i := range open {
		rows = append(rows, []string{i.Name, i.Plan, i.OS, i.Location, i.At.UTC().Format(time.RFC3339), i.Account, i.Endpoint})
	}
	return writeTable(w, rows)
}

// writeTable writes rows, of which the first has the titles, in columns.
func writeTable(w io.Writer, rows [][]string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		for n := range cells {
			cells[n] = render.Escape(cells[n])
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}
