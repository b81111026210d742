package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// carryOut runs an approved plan and reports what became of it.
func (s *session) carryOut(ctx context.Context, w world, p *planner.Plan) error {
	s.events.write(render.RunLine(p, time.Now()))
	if p.Empty() && len(p.Waits) == 0 {
		s.report(p, &apply.Result{Blocked: p.Blocked}, false)
		return outcome(ctx, len(p.Blocked) == 0)
	}
	show, stop := s.progress(len(p.Changes) + len(p.Waits))
	emit := func(e apply.Event) {
		s.events.write(render.EventLine(e, time.Now()))
		show(e)
	}
	s.tell("\n")
	s.interrupts.begin()
	if d, err := s.details(p.Endpoint, p.Account); err == nil { // else there are none
		d.forgetChanged(p)
	}
	s.tellPending(w.journal.Pending(p.Endpoint, p.Account))
	r := apply.Runner{Client: w.client, Journal: w.journal, Emit: emit, Parallelism: s.flags.parallelism,
		PollInterval: s.flags.pollInterval, Timeout: s.flags.timeout, Settle: s.flags.settle}
	result := r.Run(ctx, s.interrupts.drain, p)
	stop()
	s.report(p, result, true)
	return outcome(ctx, result.Complete())
}

// report shows what became of a plan. The text is left out where the plan has
// said already that there is nothing to do.
func (s *session) report(p *planner.Plan, r *apply.Result, text bool) {
	s.run.Plan, s.run.Result = p, r
	s.events.write(render.ResultLine(r, time.Now()))
	if text {
		s.tell(render.Result(r, s.style(s.people())))
	}
	s.tellCalls()
	if !s.flags.json {
		return
	}
	if err := render.ResultJSON(s.Stdout, p, r, s.calls.sent()); err != nil {
		fmt.Fprintf(s.Stderr, "error: cannot write the result: %s\n", render.EscapeLines(err.Error()))
	}
}

// progress shows events as they come: live on a terminal, in lines elsewhere.
// The returned stop ends it.
func (s *session) progress(total int) (emit func(apply.Event), stop func()) {
	out := s.people()
	style := s.style(out)
	if !isTerminal(out) || s.Getenv("TERM") == "dumb" {
		return func(e apply.Event) {
			for _, line := range render.Lines(e, style) {
				s.tell(line + "\n")
			}
		}, func() {}
	}
	live := render.NewLive(out, func() int { return terminalWidth(out) }, total, style)
	if isTerminal(s.Stderr) {
		s.diag.redirect(live.Above(s.Stderr))
	}
	return live.Emit, func() {
		live.Stop()
		s.diag.redirect(s.Stderr)
	}
}
