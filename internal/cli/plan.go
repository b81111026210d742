package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

func newPlan(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan [-f FILE]...",
		Short: "Show what would change, and change nothing",
		Long: `Compare fleet files with the API and show what apply would change, and why. A plan
sends GET requests only. With --out it can be reviewed now and applied later,
exactly as it is, or not at all where the servers have changed meanwhile.`,
		Example: `  fleet plan
  fleet plan -f fleet.yaml --target 'web-*'
  fleet plan --out plan.json && fleet apply plan.json
  fleet plan --sandbox --detailed-exitcode`,
		Args: noArguments("name fleet files with -f, a sandbox as --sandbox=FILE"),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.plan(cmd.Context()) },
	}
	s.flags.forFiles(cmd.Flags())
	s.flags.forWorld(cmd.Flags())
	s.flags.forChanges(cmd.Flags())
	cmd.Flags().StringVar(&s.flags.out, "out", "", "also write the plan to this `file`, for apply")
	cmd.Flags().BoolVar(&s.flags.detailedExitCode, "detailed-exitcode", false, "exit with 2 where the servers are not as the file says: changes are pending, or blocked")
	return cmd
}

func (s *session) plan(ctx context.Context) error {
	f, err := s.load()
	if err != nil {
		return err
	}
	w, err := s.connect()
	if err != nil {
		return err
	}
	p, err := s.diff(ctx, w, f)
	if err != nil {
		return err
	}
	if err := s.savePlan(p); err != nil {
		return err
	}
	if err := s.showPlan(p); err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("cannot write the plan: %w", err)
	}
	s.tellCalls()
	if s.flags.detailedExitCode && !(p.Empty() && len(p.Blocked) == 0 && len(p.LeftOut) == 0) {
		return errChangesPending
	}
	return nil
}

// savePlan writes the plan to the file of --out, whole or not at all.
func (s *session) savePlan(p *planner.Plan) error {
	if s.flags.out == "" {
		return nil
	}
	if s.flags.out == "-" {
		return refusal{"--out takes the name of a file", "for stdout there is --json"}
	}
	var doc bytes.Buffer
	if err := planner.Encode(&doc, p); err != nil {
		return err
	}
	return replaceFile("the plan", s.flags.out, doc.Bytes(), 0o600)
}

// showPlan writes the plan to stdout, as text or as its document.
func (s *session) showPlan(p *planner.Plan) error {
	if s.flags.json {
		return planner.Encode(s.Stdout, p)
	}
	text := render.Plan(p, s.style(s.Stdout))
	if s.flags.out != "" {
		text += "Saved. To carry out exactly this: fleet apply " + render.Escape(s.flags.out) + "\n"
	}
	_, err := io.WriteString(s.Stdout, text)
	return err
}
