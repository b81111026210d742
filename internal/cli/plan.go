package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

func newPlan(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "plan [-f FILE]...",
		Short: "Show what would change, and change nothing",
		Long: `Compare fleet files with the API and show what apply would change, and why. A plan
sends GET requests only. With --out it can be reviewed now and applied later,
exactly as it is, or not at all where the servers have changed meanwhile. With --keep
it is kept in the state for apply --digest, on any host that has the same state.`,
		Example: `  fleet plan
  fleet plan -f fleet.yaml --target 'web-*'
  fleet plan --out plan.json && fleet apply plan.json
  fleet plan --keep
  fleet plan --reboot 'web-*' --only reboot
  fleet plan --summary --markdown comment.md
  fleet plan --sandbox --detailed-exitcode`,
		Args: noArguments("name fleet files with -f, a sandbox as --sandbox=FILE"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := c.run(cmd, c.flags.files, c.plan)
			if c.flags.out != "" && !c.flags.json && (err == nil || isShown(err)) {
				c.print("Saved. To carry out exactly this: " + render.Escape(c.savedCommand()) + "\n")
			}
			return err
		},
	}
}

func (c *command) plan(ctx context.Context, rec *record) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	engine, err := c.connect()
	if err != nil {
		return err
	}
	planned, err := engine.Plan(ctx, in)
	if err != nil {
		return err
	}
	p := planned.Plan
	rec.Run = render.Run{Plan: p, Command: c.applyCommand(p), Outlook: c.outlook(engine)}
	if c.flags.json {
		err = render.PlanJSON(c.Stdout, p)
	} else {
		_, err = io.WriteString(c.Stdout, c.planText(rec.Run, c.Stdout))
	}
	if err := written("the plan", err); err != nil {
		return err
	}
	if c.flags.keep {
		if err := engine.Keep(ctx, p); err != nil {
			return err
		}
		c.print("Kept under its digest.\n")
	}
	c.print(c.requests.sent().Line(c.style(c.text())))
	if c.flags.detailedExitCode && !(p.Empty() && len(p.Blocked) == 0 && len(p.Excluded) == 0) {
		return errChangesPending
	}
	return nil
}
