package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func newApply(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apply [PLAN | -f FILE...]",
		Short: "Carry out a plan and wait until every server is there",
		Long: `Carry out a plan: one that plan --out saved, or a new one from fleet files. A new one
is shown first, and needs a "yes" on the terminal, or --auto-approve, or --digest
with the digest of the plan that was reviewed. That plan is kept before its first
change, so that the same command, run again, carries out what is left of it. Just
before anything changes the servers are read again; one that is not as the plan
knows it is left alone, with whatever needs its changes.

With --only some kinds of change are made and the others are reported, as for a cron
job that puts right what may be put right unattended. With --auto-approve, what was
corrected three times in a row and undone each time is a fight, and is left alone.

The first interrupt lets what is in flight end; a second one leaves at once.`,
		Example: `  fleet apply
  fleet apply plan.json
  fleet apply --digest 2b1c… -f fleet.yaml
  fleet apply --auto-approve --only update,start
  fleet apply --sandbox -f examples/quickstart --auto-approve`,
		Args: oneArgument("one saved plan", "name fleet files with -f, a sandbox as --sandbox=FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.flags.checkApply(cmd.Flags(), len(args) == 1); err != nil {
				return err
			}
			return s.measured("apply", args, func() error {
				return s.reported(cmd.Context(), func(ctx context.Context) error { return s.apply(ctx, args) })
			})
		},
	}
	s.flags.forFiles(cmd.Flags())
	s.flags.forWorld(cmd.Flags())
	s.flags.forChanges(cmd.Flags())
	s.flags.forMetrics(cmd.Flags())
	s.flags.forReports(cmd.Flags())
	s.flags.forApply(cmd.Flags())
	s.flags.forJournal(cmd.Flags())
	return cmd
}

// forApply are the flags that only apply has.
func (f *flags) forApply(set *pflag.FlagSet) {
	set.BoolVar(&f.autoApprove, "auto-approve", false, "do not ask")
	set.StringVar(&f.digest, "digest", "", "do not ask if the reviewed plan has this `digest`; refuse any other plan")
	set.BoolVar(&f.bootstrap, "bootstrap", false, "accept that none of ten or more listed servers is there yet")
	set.DurationVar(&f.pollInterval, "poll-interval", 0, "look at servers that are waited for this often; 0 is when they can be expected")
	set.DurationVar(&f.timeout, "timeout", apply.DefaultTimeout, "how long to wait for a server")
	set.DurationVar(&f.settle, "settle", apply.DefaultSettle, "how long an unanswered create is looked for before it is sent again")
	set.IntVar(&f.fightAfter, "fight-after", 3, "with --auto-approve, block what so many runs in a row corrected in vain; 0 never")
	set.StringVar(&f.events, "events", "", "write what happens to this `file` as it happens, one line of JSON for each event")
}

// checkApply refuses flags that do not go together, or not with a saved plan.
func (f *flags) checkApply(set *pflag.FlagSet, saved bool) error {
	switch {
	case saved && set.Changed("file"):
		return refusal{"a saved plan and -f were given", "a saved plan holds all that is needed; give one of the two"}
	case set.Changed("digest") && f.digest == "":
		return refusal{"--digest is empty", wholeDigest}
	case saved && (len(f.targets)+len(f.excludes)+len(f.only) > 0 || f.digest != ""):
		return refusal{"a saved plan is carried out as it is", "leave out --target, --exclude, --only and --digest, or make a new plan with them"}
	}
	return nil
}

func (s *session) apply(ctx context.Context, args []string) error {
	var f *fleet.Fleet
	var p *planner.Plan
	var err error
	if len(args) == 1 {
		p, err = readPlan(args[0])
		s.run.Plan = p
	} else if err = s.checkApproval(); err == nil {
		f, err = s.load()
	}
	if err != nil {
		return err
	}
	if err := s.openEvents(); err != nil {
		return err
	}
	defer s.closeEvents()
	w, err := s.connect()
	if err != nil {
		return err
	}
	if endpoint := w.client.Endpoint(); p != nil && p.Endpoint != endpoint {
		return refusal{fmt.Sprintf("the plan is for the API at %s, this is %s", p.Endpoint, endpoint), "set VPS_API_URL to the plan's, or make a new plan"}
	}
	w, release, err := s.exclusively(ctx, w)
	if err != nil {
		return err
	}
	defer release()
	if p != nil {
		return s.applySaved(ctx, w, p)
	}
	return s.applyFleet(ctx, w, f)
}

// checkApproval refuses, before any request, a run that nobody could approve.
func (s *session) checkApproval() error {
	if s.flags.autoApprove || s.flags.digest != "" || isTerminal(s.Stdin) {
		return nil
	}
	return refusal{"there is no terminal to ask on", "review a plan, then run apply with its file or --digest; or skip the review with --auto-approve"}
}

// applyFleet plans from fleet files, gets the plan approved and carries it out.
func (s *session) applyFleet(ctx context.Context, w world, f *fleet.Fleet) error {
	p, err := s.diff(ctx, w, f)
	if err != nil {
		return err
	}
	remember := w.fights.forget
	if s.unattended() {
		p, remember = s.holdFights(w.fights, f, p)
	}
	s.tell(s.planText(p, s.people()))
	if err := s.permitted(p); err != nil {
		return err
	}
	if !p.Empty() && !s.flags.autoApprove && s.flags.digest == "" {
		if err := s.ask(ctx); err != nil {
			return err
		}
		if p, err = remaining(ctx, w, p); err != nil {
			return err
		}
	}
	defer remember()
	return s.carryOut(ctx, w, p)
}

// applySaved carries out what is still to do of a plan that was reviewed.
func (s *session) applySaved(ctx context.Context, w world, p *planner.Plan) error {
	s.widenGuards(p)
	s.run.Outlook = s.outlook(w)
	s.tell(s.planText(p, s.people()))
	if err := guarded(p); err != nil {
		return err
	}
	left, err := remaining(ctx, w, p)
	if err != nil {
		return err
	}
	refused := len(left.Blocked) - len(p.Blocked)
	if left.Empty() && !p.Empty() && refused == 0 {
		s.tell("\nEverything in this plan is done already.\n")
	} else if done := len(p.Changes) - len(left.Changes) - refused; done > 0 {
		s.tell(fmt.Sprintf("\n%d of its %d changes are done already.\n", done, len(p.Changes)))
	}
	defer w.fights.forget()
	return s.carryOut(ctx, w, left)
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

// tell writes text for people. That nobody reads it does not stop an apply.
func (s *session) tell(text string) { _, _ = io.WriteString(s.people(), text) }

// outcome is the error for what became of a run.
func outcome(ctx context.Context, complete bool) error {
	switch {
	case complete:
		return nil
	case errors.Is(context.Cause(ctx), errInterrupted):
		return errInterrupted
	}
	return errIncomplete
}
