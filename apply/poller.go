package apply

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// poller waits for all servers in transition, so that no worker ever does. It is a
// part of the loop's state.
type poller struct {
	run      *run
	waits    []*wait          // in the order in which they began; some have ended
	byID     map[string]*wait // those that have not, of servers that have an id
	open     int              // how many have not ended
	due      time.Time        // when the next poll is to be made, as planned last
	replan   time.Time        // when that is to be worked out anew
	took     map[poll.Kind]planner.Range
	last     time.Time // when the last poll ended
	early    bool      // it was made before all changes were sent
	failed   bool      // it told nothing
	polling  bool      // servers are being read, or the list
	alone    bool      // servers are being read: a list that comes meanwhile does not end that
	progress time.Time // of the next Progress
}

// pollOver is the end of a poll of single servers.
type pollOver struct{ failed bool }

func (pollOver) isMessage() {}

func newPoller(r *run) poller {
	return poller{run: r, byID: make(map[string]*wait), took: make(map[poll.Kind]planner.Range), progress: r.began.Add(progressEvery)}
}

// sending notes that a change is about to be sent.
func (p *poller) sending() { p.early = true }

func (p *poller) waiting() bool { return p.open > 0 }

// plan works out the next poll.
func (p *poller) plan(now time.Time) (poll.Poll, bool) {
	r := p.run
	p.waits = slices.DeleteFunc(p.waits, func(x *wait) bool { return x.ended })
	waits := make([]*poll.Wait, len(p.waits))
	for i, x := range p.waits {
		waits[i] = &x.Wait
	}
	sending := r.sending(now)
	next, ok := poll.Next(now, poll.Run{
		Began: p.began(), Sending: sending, Last: p.last, LastEarly: p.early, Failed: p.failed,
		ListCost: r.listCost(), Took: p.took, Interval: r.PollInterval,
	}, waits)
	p.due, p.replan = next.At, next.At
	if sending > 0 {
		p.replan = now.Add(max(now.Sub(r.began)/replanEvery, time.Millisecond))
	}
	return next, ok
}

// began is from when the time between polls is reckoned: from the beginning of the run,
// or, with a rollout, which goes on in rounds, from that of the oldest wait.
func (p *poller) began() time.Time {
	if len(p.run.plan.Rollouts) == 0 {
		return p.run.began
	}
	oldest := time.Now()
	for _, x := range p.waits {
		if x.Since.Before(oldest) {
			oldest = x.Since
		}
	}
	return oldest
}

// sending is how long changes will still be sent, by how it has gone so far.
func (r *run) sending(now time.Time) time.Duration {
	steps := r.working + len(r.resumed) + len(r.fresh)
	if steps == 0 {
		return 0
	}
	return max(now.Sub(r.began)*time.Duration(steps)/time.Duration(max(r.handled, 1)), 1)
}

// listCost is how many requests the list takes, or will when all creates are done.
func (r *run) listCost() int {
	cost := r.Client.ListCost()
	if cost == 1 && len(r.cache.entries) > vpsorg.PageSize {
		return 1 // it came whole although it is long
	}
	size := max(len(r.cache.entries), r.size)
	return max(cost, (size+vpsorg.PageSize-1)/vpsorg.PageSize)
}

// replanEvery is the share of a run's time after which the next poll is worked out
// anew while changes are sent: waits begin and end all the time then.
const replanEvery = 100

// wake is when there is something to do next.
func (p *poller) wake() time.Time {
	now := time.Now()
	switch {
	case !p.waiting():
		return now.Add(time.Hour)
	case p.polling:
		return p.progress
	case p.run.sending(now) == 0 || !now.Before(p.replan):
		p.plan(now)
	}
	return slices.MinFunc([]time.Time{p.progress, p.due, p.replan}, time.Time.Compare)
}

// onTime polls if that is due, and tells how it goes.
func (p *poller) onTime(ctx context.Context) {
	now := time.Now()
	if !now.Before(p.progress) {
		p.progress = now.Add(progressEvery)
		p.tell(now)
	}
	if p.polling || !p.waiting() {
		return
	}
	next, ok := p.plan(now)
	if !ok || next.At.After(now) {
		return
	}
	p.polling, p.early = true, p.run.sending(now) > 0
	ctx = vpsorg.LowPriority(ctx)
	ids := p.unlisted()
	for _, n := range next.Alone {
		ids = append(ids, p.waits[n].id)
	}
	if p.alone = len(ids) > 0; !p.alone {
		p.run.readList(ctx)
		return
	}
	go p.run.readAlone(ctx, ids)
}

// unlisted are the ids of servers that a list has lacked. That proves nothing until they
// are read by themselves.
func (p *poller) unlisted() (ids []string) {
	for _, x := range p.waits {
		if !x.ended && x.Unread() {
			ids = append(ids, x.id)
		}
	}
	return ids
}

// readAlone reads servers one by one.
func (r *run) readAlone(ctx context.Context, ids []string) {
	failed := make([]bool, len(ids))
	var group errgroup.Group
	group.SetLimit(r.Parallelism)
	for i, id := range ids {
		group.Go(func() error {
			s := reading{observe.ReadServer(ctx, r.Client, id)}
			failed[i] = s.Err != nil && !errors.Is(s.Err, vpsorg.ErrNotFound)
			r.messages <- s
			return nil
		})
	}
	_ = group.Wait() // none of them fails
	r.messages <- pollOver{!slices.Contains(failed, false)}
}

// over ends a poll.
func (p *poller) over(failed bool) {
	p.polling, p.failed, p.last, p.replan = false, failed, time.Now(), time.Time{}
}

// read takes in a server that was read by itself.
func (p *poller) read(s reading) {
	var server *planner.Server
	if s.Err == nil {
		server = &s.Server
		p.run.cache.put(s.Server, s.Asked)
	}
	x := p.byID[s.ID]
	switch {
	case x == nil || x.ListOnly:
	case server != nil || errors.Is(s.Err, vpsorg.ErrNotFound):
		p.judge(x, server, false, s.Asked)
	default:
		p.run.stopFor(s.Err)
		p.giveUp(x, s.Err)
	}
}

// listed takes in a list.
func (p *poller) listed(l listing) {
	if p.polling && !p.alone {
		defer p.over(l.Err != nil)
	}
	live := planner.NewWorld(l.Servers...)
	for _, x := range p.waits {
		switch {
		case x.ended:
		case l.Err != nil:
			p.giveUp(x, l.Err)
		case x.Begun.After(l.Asked): // the list is from before
		case x.create != nil:
			p.judgeResolve(x, live.Named(x.create.Name), l.Asked)
		default:
			p.judge(x, live.Server(x.id), true, l.Asked)
		}
	}
}

// tell says which servers are waited for.
func (p *poller) tell(now time.Time) {
	var e Progress
	for _, x := range p.waits {
		if x.ended {
			continue
		}
		status := x.Last
		if status == "" && x.Kind.Target == planner.TargetActive && x.Kind.Sent {
			status = planner.StatusProvisioning // as the create was answered
		}
		e.Servers = append(e.Servers, InTransit{x.job.name, status, now.Sub(x.Since)})
	}
	if len(e.Servers) > 0 {
		slices.SortStableFunc(e.Servers, func(a, b InTransit) int { return strings.Compare(a.Name, b.Name) })
		p.run.emit(e)
	}
}
