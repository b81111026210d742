package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
)

func newIntents(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "intents",
		Short: "Show creates whose servers no list has shown yet",
		Long: `Show the creates that were sent and whose servers no list of the API has shown yet,
from the journals of this user. Each may have made a server. The next apply that
wants the name looks for it first, and creates it again only when it is certain that
there is none. Nothing is sent and nothing is changed.`,
		Example: "  fleet intents\n  fleet intents --journal fleet.journal",
		Args:    noArguments("name a journal with --journal"),
		RunE:    func(*cobra.Command, []string) error { return s.intents() },
	}
	s.flags.forJournal(cmd.Flags())
	return cmd
}

func (s *session) intents() error {
	paths, err := s.journals()
	if err != nil {
		return err
	}
	var open []apply.Intent
	for _, path := range paths {
		found, err := apply.ReadIntents(&apply.File{Path: path})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		open = append(open, found...)
	}
	if len(open) == 0 {
		_, err := io.WriteString(s.Stdout, "No open intents.\n")
		return err
	}
	return writeIntents(s.Stdout, open)
}

// journals are the journals to look into: the one given, or all of this user's.
func (s *session) journals() ([]string, error) {
	if s.flags.journal != "" {
		return []string{s.flags.journal}, nil
	}
	folder, err := s.stateFolder()
	if err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`).Replace(folder), "*.journal"))
}

func writeIntents(w io.Writer, open []apply.Intent) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tPLAN\tOS\tLOCATION\tSENT\tACCOUNT\tENDPOINT")
	for _, i := range open {
		cells := []string{i.Name, i.Plan, i.OS, i.Location, i.At.UTC().Format(time.RFC3339), i.Account, i.Endpoint}
		for n := range cells {
			cells[n] = render.Escape(cells[n])
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}
