package cli

import (
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
  fleet plan --summary --markdown comment.md
  fleet plan --sandbox --detailed-exitcode`,
		Args: noArguments("name fleet files with -f, a sandbox as --sandbox=FILE"),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.planAndSave(cmd.Context()) },
	}
	s.flags.forFiles(cmd.Flags())
	s.flags.forWorld(cmd.Flags())
	s.flags.forChanges(cmd.Flags())
	s.flags.forReports(cmd.Flags())
	s.flags.forPipelines(cmd.Flags())
	cmd.Flags().BoolVar(&s.flags.summary, "summary", false, "show one screen: what is done to how many servers")
	cmd.Flags().StringVar(&s.flags.out, "out", "", "also write the plan to this `file`, for apply")
	cmd.Flags().BoolVar(&s.flags.detailedExitCode, "detailed-exitcode", false, "exit with 2 where the servers are not as the file says: changes are pending, or blocked")
	return cmd
}

// planAndSave plans and writes what was asked for, then says how to go on.
func (s *session) planAndSave(ctx context.Context) error {
	err := s.reported(ctx, s.plan)
	if s.flags.out != "" && !s.flags.json && (err == nil || isShown(err)) {
		s.tell("Saved. To carry out exactly this: " + render.Escape(s.savedCommand()) + "\n")
	}
	return err
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
	if err := s.showPlan(p); err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("cannot write the plan: %w", err)
	}
	s.tellCalls()
	if s.flags.detailedExitCode && !(p.Empty() && len(p.Blocked) == 0 && len(p.Excluded) == 0) {
		return errChangesPending
	}
	return nil
}

// showPlan writes the plan to stdout, as text or as its document.
func (s *session) showPlan(p *planner.Plan) error {
	if s.flags.json {
		return render.PlanJSON(s.Stdout, p)
	}
	_, err := io.WriteString(s.Stdout, s.planText(p, s.Stdout))
	return err
}
