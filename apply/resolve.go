package apply

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	// resolutions bounds how often one create is sent anew in a run, each time after
	// it was proven that the one before made nothing.
	resolutions = 3

	// requestTimeout is how long after it was noted an intent's request may still have
	// been under way, in a run that was killed, where the intent does not say.
	requestTimeout = vpsorg.DefaultTimeout
)

// unresolved are creates of one name that may have made a server.
type unresolved struct {
	intents []Intent
	until   time.Time // when the window of the last of them ends
	why     error     // that it is ambiguous; nil where an earlier run left it so
}

// doubt is the error that nobody knows whether the server was made.
func (u *unresolved) doubt(cause error) *Error {
	return &Error{Reason: planner.Reason{Code: planner.CodeUnresolved, Name: u.intents[0].Name}, Err: cmp.Or(u.why, cause)}
}

// newIntent is the intent of a create whose request may take a time.
func newIntent(k Key, c *planner.Create, timeout time.Duration) Intent {
	i := Intent{
		Endpoint: k.Endpoint, Account: k.Account, Name: c.Name,
		Plan: c.Spec.Plan.ID, OS: c.Spec.OS.ID, Location: c.Spec.Location, Hostname: c.Spec.Hostname, At: time.Now().Round(0),
	}
	if timeout > requestTimeout {
		i.Until = i.At.Add(timeout)
	}
	return i
}

// resolveFirst takes in what earlier runs have done lately, and puts a Resolve step before
// each create of a name about which they have left intents open. Where the state cannot
// be read, nothing may be created.
func (r *run) resolveFirst(ctx context.Context) {
	intents, err := r.State.Intents(ctx)
	if err == nil {
		err = r.recall(ctx)
	}
	if err != nil {
		r.noCreates = &Error{Reason: planner.Reason{Code: planner.CodeNotRead}, Err: err}
	}
	r.intents = intents
	named := make(map[string][]Intent)
	for _, i := range intents {
		named[i.Name] = append(named[i.Name], i)
	}
	for _, j := range r.jobs {
		for t := range j.tasks {
			j.tasks[t].resolveFirst(named, r.Settle)
		}
	}
}

// recall takes in what earlier runs have done lately.
func (r *run) recall(ctx context.Context) error {
	done, err := r.State.Deeds(ctx)
	r.cache.done(done)
	r.owed = make(map[string]time.Time)
	for id, d := range deeds.Reboots(done) {
		r.owed[id] = d.Since
	}
	return err
}

func (t *task) resolveFirst(named map[string][]Intent, window time.Duration) {
	for i, s := range t.steps {
		send, _ := s.(planner.Request)
		create, ok := send.Change.(*planner.Create)
		if !ok || len(named[create.Name]) == 0 {
			continue
		}
		t.unresolved = &unresolved{intents: named[create.Name], until: windowEnd(named[create.Name], window)}
		t.steps = slices.Insert(slices.Clone(t.steps), i, planner.Step(planner.Resolve{Create: create}))
		return
	}
}

// windowEnd is when the window of intents from earlier runs ends. A clock that has
// been set back since makes them new, not older.
func windowEnd(intents []Intent, window time.Duration) time.Time {
	now := time.Now()
	var end time.Time
	for _, i := range intents {
		age := max(now.Sub(i.At), 0)
		e := now.Add(requestTimeout + window - age)
		if !i.Until.IsZero() {
			e = i.Until.Add(window)
		}
		if e.After(end) {
			end = e
		}
	}
	return end
}

// judgeResolve decides, by a complete list that was asked for at the time asked,
// whether an ambiguous create made a server. That it made none takes two lists, one
// of them from after the window.
func (p *poller) judgeResolve(x *wait, named []*planner.Server, asked time.Time) {
	var news []*planner.Server
	for _, live := range named {
		if !p.run.known[live.ID] {
			news = append(news, live)
		}
	}
	u := x.unresolved
	switch {
	case len(news) > 1:
		p.end(x, Unknown, &Error{Reason: planner.Reason{Code: planner.CodeDuplicates, Name: x.create.Name, Servers: p.run.others(news)}})
	case len(news) == 1 && x.create.Spec.Made(*news[0]):
		p.resolved(x, news[0].ID)
	case len(news) == 1:
		p.end(x, Unknown, &Error{Reason: planner.Reason{Code: planner.CodeUnfit, Name: x.create.Name, Servers: p.run.others(news)}})
	case x.lacking > 0 && !asked.Before(u.until):
		p.resolved(x, "")
	default:
		x.lacking++
		x.Missed(asked)
		p.giveUp(x, nil)
	}
}

// others are servers with their prices, as far as the plan knows these.
func (r *run) others(servers []*planner.Server) (list []planner.Other) {
	for _, s := range servers {
		other := planner.Other{ID: s.ID, Name: s.Name}
		for _, row := range r.plan.Cost.Rows {
			if row.Plan.ID == s.Plan.ID {
				other.Monthly = row.PriceMonthly
			}
		}
		list = append(list, other)
	}
	return list
}

// resolved notes what became of a wait's creates: id is the server that was made, or
// empty where none was. Its job goes on from there.
func (p *poller) resolved(x *wait, id string) {
	r, j := p.run, x.job
	var found []resolution
	for _, i := range x.unresolved.intents {
		if slices.Contains(r.intents, i) { // no list has shown it before
			found = append(found, resolution{i, id})
		}
	}
	r.note(found)
	p.remove(x)
	t := &j.tasks[0]
	why := t.unresolved.why
	t.unresolved = nil
	r.reports[t.report].passed()
	switch {
	case id != "":
		j.made = id
		t.acted, t.steps = true, t.steps[1:] // the create
	case errors.Is(why, vpsorg.ErrConflict): // with what fleet cannot see
		r.end(j, Failed, &Error{Reason: planner.Reason{Code: planner.CodeRefused}, Err: why})
	case j.resolved == resolutions:
		r.end(j, Failed, &Error{Reason: planner.Reason{Code: planner.CodeUnresolved, Name: x.create.Name, Count: resolutions}, Err: why})
	default:
		j.resolved++
	}
	r.advance(j)
}

// resolution is what became of one intent.
type resolution struct {
	intent Intent
	made   string // the id of the server that it made; "": it made none
}

// noted is the end of noting resolutions.
type noted struct{ err error }

func (noted) isMessage() {}

// shown are the intents whose server a list shows: the only one of its name, and as
// it was to be made.
func shown(open []Intent, live planner.World) (list []resolution) {
	for _, i := range open {
		if found := live.Named(i.Name); len(found) == 1 && i.Fits(*found[0]) {
			list = append(list, resolution{i, found[0].ID})
		}
	}
	return list
}

// resolve closes the intents whose server exists.
func resolve(ctx context.Context, state LockedState, servers []planner.Server) error {
	open, err := state.Intents(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	for _, x := range shown(open, planner.NewWorld(servers...)) {
		if err := x.note(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

// note closes intents. It writes to the state beside the loop, and also when the run is
// cut off. The next list may lack again what this one has shown, so a server that was
// found is remembered as one that was made just now.
func (r *run) note(list []resolution) {
	if len(list) == 0 {
		return
	}
	r.intents = slices.DeleteFunc(slices.Clone(r.intents), func(i Intent) bool {
		return slices.ContainsFunc(list, func(x resolution) bool { return x.intent == i })
	})
	for _, x := range list {
		if x.made != "" {
			r.cache.done([]deeds.Deed{x.deed()})
		}
	}
	r.noting++
	go func() {
		var err error
		for _, x := range list {
			err = cmp.Or(err, x.note(context.Background(), r.State))
		}
		r.messages <- noted{err}
	}()
}

// deed is the deed of having made the intent's server.
func (x resolution) deed() deeds.Deed {
	i := x.intent
	spec := i.Spec()
	return deeds.Deed{Endpoint: i.Endpoint, Account: i.Account, Action: planner.ActionCreate, ID: x.made, Name: i.Name, Spec: &spec, At: time.Now().Round(0)}
}

// note closes the intent.
func (x resolution) note(ctx context.Context, state LockedState) error {
	if x.made != "" {
		if err := state.Note(ctx, x.deed(), false); err != nil {
			return err
		}
	}
	return state.Resolve(ctx, x.intent, Resolution{Made: x.made})
}
