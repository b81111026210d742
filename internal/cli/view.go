package cli

import (
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

// applyView shows an apply as it goes on: its plan, its progress and its result.
type applyView struct {
	*command
	rec    *record
	events *eventFile
	in     apply.Input   // without a fleet where a saved plan is applied
	engine *apply.Engine // knows what a list costs

	show    func(apply.Event) // what the changes come to
	stop    func()            // ends the live display
	told    []planner.Blocked // entries of which the plan has said why they are blocked
	unsaved bool              // something for the next run could not be kept
	unshown bool              // it has said that it waits for the API to show what was done
}

func (c *command) newApplyView(rec *record, events *eventFile, in apply.Input) *applyView {
	return &applyView{command: c, rec: rec, events: events, in: in, stop: func() {}}
}

func (v *applyView) emit(e apply.Event) {
	switch e := e.(type) {
	case apply.Planned:
		v.planned(e)
	case apply.Rechecked:
		all, blocked := len(e.Plan.Changes), len(e.Left.Blocked)-len(e.Plan.Blocked)
		switch done := all - len(e.Left.Changes) - blocked; done {
		case 0:
		case all:
			v.print("\nEverything in this plan is done already.\n")
		default:
			v.print("\n" + render.Share(done, all) + " done already.\n")
		}
	case apply.Starting:
		v.starting(e)
	case apply.LockAwaited:
		fmt.Fprintf(v.notices, "%s; it is waited for up to %s.\n", render.Escape(e.Err.Error()), e.Timeout)
	case apply.UnshownAwaited:
		v.awaitUnshown(e)
	case apply.Warning:
		v.warn(e)
		v.unsaved = v.unsaved || e.What == apply.StateUnsaved
	default:
		if v.events != nil {
			v.events.write(render.EventLine(e, time.Now()))
		}
		v.show(e)
	}
}

func (v *applyView) planned(e apply.Planned) {
	v.rec.Run = render.Run{Plan: e.Plan, Outlook: v.outlook(v.engine)}
	v.rec.Again, v.told = v.typed(), e.Plan.Blocked
	if e.Observation != nil {
		v.rec.Command = v.applyCommand(e.Plan)
	}
	if v.flags.metrics != "" && e.Observation != nil {
		v.rec.observed(v.in.Fleet, *e.Observation, planner.FindDrift(v.in.Fleet, nil, *e.Observation, v.in.Selection))
	}
	v.print(v.planText(v.rec.Run, v.text()))
}

// awaitUnshown says once for what the run waits before it plans.
func (v *applyView) awaitUnshown(e apply.UnshownAwaited) {
	if v.unshown {
		return
	}
	v.unshown = true
	fmt.Fprintf(v.notices, "%s, for up to %s.\n", render.UnshownAwaited(e), time.Until(e.Until).Round(time.Second))
}

// starting says what is left open by earlier runs, and begins to show progress.
func (v *applyView) starting(e apply.Starting) {
	p := e.Plan
	v.rec.Plan = p
	v.events.write(render.RunLine(p, time.Now()))
	if p.Empty() && len(p.Waits) == 0 {
		return
	}
	v.print("\n")
	if len(e.Open) > 0 {
		fmt.Fprintln(v.notices, render.InDoubt(e.Open))
	}
	v.showProgress(len(p.Changes) + len(p.Waits))
}

// showProgress shows events as they come: live on a terminal, in lines elsewhere.
func (v *applyView) showProgress(total int) {
	out := v.text()
	style := v.style(out)
	var live *render.Live
	if v.isLive(out) {
		live = render.NewLive(out, func() int { return terminalWidth(out) }, total, takes(v.rec.Run), style)
		if isTerminal(v.Stderr) {
			v.diag.redirect(live.Above(v.Stderr))
		}
	} else {
		live = render.NewLog(out, total, style)
	}
	live.Rolls(v.rec.Plan)
	v.interrupts.begin(live.InFlight)
	v.show = live.Emit
	v.stop = func() {
		live.Stop()
		v.diag.redirect(v.Stderr)
	}
}

// takes is how long a plan is expected to take.
func takes(run render.Run) planner.Range {
	e := estimate.Of(run.Plan, run.Outlook)
	if e.Ready.Max > 0 {
		return e.Ready
	}
	return planner.Range{Min: e.Duration, Max: e.Duration}
}

// showResult shows what became of the plan. The text is left out where the plan has
// said already that there is nothing to do, and why.
func (v *applyView) showResult(r *apply.Result) error {
	v.rec.Result = r
	v.events.write(render.ResultLine(r, time.Now()))
	if len(r.Reports) > 0 || len(r.Blocked) > len(v.told) {
		v.print(render.Result(v.rec.Run, v.told, v.style(v.text())))
	}
	sent := v.requests.sent()
	v.print(sent.Line(v.style(v.text())))
	if !v.flags.json {
		return nil
	}
	return written("to stdout", render.ResultJSON(v.Stdout, v.rec.Plan, r, sent))
}
