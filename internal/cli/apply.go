package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/planner"
)

func newApply(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apply [PLAN | -f FILE...]",
		Short: "Carry out a plan and wait until every server is ready",
		Long: `Carry out a plan: one that plan --out saved, or a new one from fleet files. A new one
is shown first, and needs a "yes" on the terminal, or --auto-approve, or --digest
with the digest of the plan that was reviewed. An apply by digest keeps the plan, so
that the same command, run again, resumes it. Just before anything changes the servers
are read again; one that is not as the plan knows it is left alone, with whatever needs
its changes.

With --only some kinds of change are made and the others are reported, as for a cron
job that puts right what may be put right unattended. With --auto-approve, what was
corrected three times in a row and undone each time is blocked.

The first interrupt lets what is in flight end; a second one leaves at once.`,
		Example: `  fleet apply
  fleet apply plan.json
  fleet apply --digest 2b1c… -f fleet.yaml
  fleet apply --auto-approve --only update,start
  fleet apply --reboot 'web-*' --only reboot
  fleet apply --sandbox -f examples/quickstart --auto-approve`,
		Args:              oneArgument("one saved plan", "name fleet files with -f, a sandbox as --sandbox=FILE"),
		ValidArgsFunction: first(anyFile),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.flags.checkApply(cmd.Flags(), len(args) == 1); err != nil {
				return err
			}
			files := args
			if len(files) == 0 {
				files = c.flags.files
			}
			return c.run(cmd, files, func(ctx context.Context, rec *record) error { return c.apply(ctx, rec, args) })
		},
	}
	cmd.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "lock-timeout" { // as terraform calls it
			name = "wait"
		}
		return pflag.NormalizedName(name)
	})
	return cmd
}

// checkApply refuses flags that do not go together, or not with a saved plan.
func (f *flags) checkApply(set *pflag.FlagSet, saved bool) error {
	chosen := slices.Concat(f.targets, f.excludes, f.selectors, f.only, f.asked.Reboot, f.asked.Replace, f.asked.Start, f.asked.Stop)
	switch {
	case saved && set.Changed("file"):
		return refusal{"a saved plan and -f were given", "a saved plan has all that is needed; give one of the two"}
	case set.Changed("digest") && f.digest == "":
		return refusal{"--digest is empty", digestHint}
	case saved && (len(chosen) > 0 || f.digest != ""):
		return refusal{"a saved plan is carried out as it is", "leave out what selects servers or asks for changes, and --digest, or make a new plan with them"}
	}
	return f.checkOverrides(set)
}

func (c *command) apply(ctx context.Context, rec *record, args []string) error {
	var in apply.Input
	var err error
	if len(args) == 1 {
		rec.Plan, err = readPlan(args[0])
	} else if err = c.checkApproval(); err == nil {
		in, err = c.input()
	}
	if err != nil {
		return err
	}
	events, err := openEvents(c.flags.events, c.log)
	if err != nil {
		return err
	}
	view := c.newApplyView(rec, events, in)
	err = c.carryOut(ctx, view, len(args) == 1)
	return c.unlessUnsaved(rec, err, events.close())
}

// carryOut applies a saved plan, or a fleet, and shows how it goes.
func (c *command) carryOut(ctx context.Context, view *applyView, saved bool) error {
	rec, in := view.rec, view.in
	engine, err := c.connect()
	if err == nil {
		err = c.checkLease(engine)
	}
	if err != nil {
		return err
	}
	view.engine, engine.Emit, engine.Runner.Self = engine, view.emit, c.ownAddresses(ctx)
	var result *apply.Result
	if saved {
		result, err = engine.Resume(ctx, c.interrupts.drain, rec.Plan, c.flags.allowance())
	} else {
		result, err = engine.Apply(ctx, c.interrupts.drain, in, c.approval(rec))
	}
	view.stop()
	if err != nil {
		return err
	}
	failed := view.showResult(result)
	switch {
	case (result.Complete() || result.Rests() != "") && !view.unsaved:
		err = nil
	case errors.Is(context.Cause(ctx), errInterrupted):
		err = errInterrupted
	default:
		err = errIncomplete
	}
	return c.unlessUnsaved(rec, err, failed)
}

// longestLeased is the longest that a request may take where the state's lease, which
// lasts two minutes, has to outlive it.
const longestLeased = time.Minute

// checkLease refuses requests that a lease cannot outlive.
func (c *command) checkLease(engine *apply.Engine) error {
	if _, leased := engine.Store.(*state.Shared); leased && c.flags.requestTimeout > longestLeased {
		return refusal{fmt.Sprintf("--request-timeout %s is too long for the lease of a shared state", c.flags.requestTimeout), fmt.Sprintf("with --state it is %s at most", longestLeased)}
	}
	return nil
}

// checkApproval refuses, before any request, a run that nobody could approve.
func (c *command) checkApproval() error {
	if c.flags.autoApprove || c.flags.digest != "" || isTerminal(c.Stdin) {
		return nil
	}
	return refusal{"there is no terminal to ask on", "review a plan, then run apply with its file or --digest; or skip the review with --auto-approve"}
}

// approval is who approves the plan, as the flags say.
func (c *command) approval(rec *record) apply.Approval {
	by := apply.Approval{Digest: c.flags.digest, Bootstrap: c.flags.bootstrap}
	if !c.flags.autoApprove && by.Digest == "" {
		by.Ask = func(ctx context.Context) error { return c.ask(ctx, rec.Plan) }
	}
	return by
}

// ask gets a yes, for the plan that was shown, on the terminal.
func (c *command) ask(ctx context.Context, p *planner.Plan) error {
	c.print("\n" + render.Question(p, c.style(c.text())))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(c.Stdin).ReadString('\n') // what was read by an error is no yes
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		c.print("\n")
		return ctx.Err()
	case a := <-answer:
		if a != "yes" {
			return errors.New("not approved, nothing was changed")
		}
		return nil
	}
}

// readPlan reads a plan that plan --out has saved.
func readPlan(file string) (*planner.Plan, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the plan: %w", err)
	}
	defer f.Close()
	p, err := planner.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}
