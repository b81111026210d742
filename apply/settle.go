package apply

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	// settlings bounds how often one create is sent anew in a run, each time after
	// it was proven that the one before made nothing.
	settlings = 3

	// requestTimeout is how long after it was written down an intent's request may
	// still have been under way, in a run that was killed.
	requestTimeout = vpsorg.DefaultTimeout
)

// settleStep settles a create of this run that has just been given up.
func (r *run) settleStep(u unclearCreate) settleStep {
	return settleStep{create: u.create, intents: []Intent{u.intent}, until: time.Now().Add(r.Settle), why: u.why}
}

// settleFirst puts, before each create, the settling of what earlier runs have
// left open about the name.
func (r *run) settleFirst() {
	open := make(map[string][]Intent)
	pending, _ := r.State.Intents(context.Background())
	for _, i := range pending {
		open[i.Name] = append(open[i.Name], i)
	}
	if len(open) == 0 {
		return
	}
	for _, l := range r.lanes {
		for t := range l.tasks {
			l.tasks[t].steps = withSettling(l.tasks[t].steps, open, r.Settle)
		}
	}
}

func withSettling(steps []step, open map[string][]Intent, window time.Duration) (out []step) {
	for _, s := range steps {
		if create, ok := s.(createStep); ok && len(open[create.name]) > 0 {
			out = append(out, settleStep{create: create, intents: open[create.name], until: windowEnd(open[create.name], window)})
		}
		out = append(out, s)
	}
	return out
}

// windowEnd is when the settle window of intents from earlier runs ends. A clock
// that has been set back since makes them new, not older.
func windowEnd(intents []Intent, window time.Duration) time.Time {
	now := time.Now()
	var end time.Time
	for _, i := range intents {
		age := max(now.Sub(i.At), 0)
		if e := now.Add(requestTimeout + window - age); e.After(end) {
			end = e
		}
	}
	return end
}

// settle hands a lane to the watcher until it is known whether its server exists.
func (r *run) settle(l *lane, s settleStep) {
	r.watch(&wait{lane: l, goal: goalSettled, byList: true, settling: &s})
}

// settled takes a lane back from the watcher: id is the server that was made, or
// empty where none was.
func (r *run) settled(l *lane, s *settleStep, id vpsorg.ID) {
	for _, i := range s.intents {
		_ = r.State.Resolve(context.Background(), i, Resolution{Made: string(id)}) // the next run resolves it then
	}
	t := &l.tasks[0]
	switch {
	case id != "":
		l.made = id
		t.acted, t.steps = true, t.steps[1:] // the create
	case l.settled == settlings:
		r.arrived(l, fmt.Errorf("it was given up %d times, and each time nothing was created\nhint: the API does not answer creates reliably; run again later", settlings))
		return
	default:
		l.settled++
	}
	r.arrived(l, nil)
}

// judgeSettling decides, by a complete list that was asked for at the time asked,
// whether an unclear create made a server.
func (w *watcher) judgeSettling(ctx context.Context, x *wait, named []planner.Server, asked time.Time) {
	s := x.settling
	var news []planner.Server
	for _, live := range named {
		if !w.run.known[live.ID] {
			news = append(news, live)
		}
	}
	switch {
	case len(news) > 1:
		w.over(x, unknown{w.twins(ctx, s.create.name, news)})
	case len(news) == 1 && s.create.spec.Fits(news[0]):
		w.remove(x)
		w.run.settled(x.lane, s, vpsorg.ID(news[0].ID))
	case len(news) == 1:
		w.over(x, unknown{fmt.Errorf("a server named %s, id %s, has appeared that is not what was to be created\nhint: look at it; then make a new plan", s.create.name, news[0].ID)})
	case x.lacking > 0 && !asked.Before(s.until):
		w.remove(x)
		w.run.settled(x.lane, s, "")
	default:
		x.lacking++
		w.again(x, nil)
	}
}

// twins is the error for two servers of one name: nobody but their owner can say
// which is to go.
func (w *watcher) twins(ctx context.Context, name string, servers []planner.Server) error {
	offers, _ := sold(ctx, w.run.Client) // without it the price is unknown, no more
	var each []string
	for _, s := range servers {
		each = append(each, fmt.Sprintf("%s (%s)", s.ID, planner.MonthlyPrice(offers, s.Plan.ID)))
	}
	return fmt.Errorf("%d servers are named %s and each is billed: %s\nhint: neither was deleted; delete the one that is not needed", len(servers), name, strings.Join(each, ", "))
}
