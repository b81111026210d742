package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
)

func newValidate(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate [-f FILE]...",
		Short: "Check fleet files without asking the API",
		Long: `Check fleet files, all mistakes at once, without a token or a request. Whether the
plans, systems and locations exist, only plan can tell; a name that the catalog lacks
is a warning.`,
		Example: "  fleet validate\n  fleet validate -f fleet.yaml -f staging/",
		Args:    noArguments("name fleet files with -f"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.reported(cmd.Context(), s.validate) },
	}
	s.flags.forFiles(cmd.Flags())
	s.flags.forPipelines(cmd.Flags())
	return cmd
}

func (s *session) validate(context.Context) error {
	f, err := fleet.Load(s.flags.files...)
	if err != nil {
		return err
	}
	s.warnings = f.Warnings
	for _, w := range f.Warnings {
		fmt.Fprintf(s.Stderr, "warning: %s\n", w)
	}
	_, err = fmt.Fprintf(s.Stdout, "%s: ok, %s\n", render.Escape(strings.Join(s.flags.files, ", ")), contents(f))
	return err
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
