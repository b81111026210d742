package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
)

func newValidate(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "validate [-f FILE]...",
		Short: "Check fleet files without asking the API",
		Long: `Check fleet files, all mistakes at once, without a token or a request. Whether the
plans, systems and locations exist, only plan can tell; a name that the catalog lacks
is a warning.`,
		Example: "  fleet validate\n  fleet validate -f fleet.yaml -f staging/",
		Args:    noArguments("name fleet files with -f"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd, c.flags.files, c.validate) },
	}
}

func (c *command) validate(_ context.Context, rec *record) error {
	f, err := fleet.Load(c.flags.files...)
	if err != nil {
		return err
	}
	rec.warnings = f.Warnings
	for _, w := range f.Warnings {
		fmt.Fprintf(c.notices, "warning: %s\n", w)
	}
	return c.show(fmt.Sprintf("%s: ok, %s\n", render.Escape(strings.Join(c.flags.files, ", ")), contents(f)))
}

// contents counts a fleet's servers, and apart from them those to be deleted.
func contents(f *fleet.Fleet) string {
	absent := 0
	for _, s := range f.Servers {
		if s.Absent {
			absent++
		}
	}
	text := servers(len(f.Servers) - absent)
	if absent > 0 {
		text += fmt.Sprintf(" and %d absent", absent)
	}
	return text
}

func servers(n int) string {
	if n == 1 {
		return "1 server"
	}
	return fmt.Sprintf("%d servers", n)
}
