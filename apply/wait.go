package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
)

// wait is a job whose server is in transition, or not known to exist.
type wait struct {
	poll.Wait
	job   *job
	id    string
	ended bool

	create     *planner.Create // of a Resolve
	unresolved *unresolved
	lacking    int // complete lists that did not show its server
}

// await waits for a job's server.
func (p *poller) await(j *job, s planner.Await) {
	x := &wait{job: j, id: s.ID, Wait: poll.Wait{Since: j.sent, Last: s.From}}
	j.sent = time.Time{}
	if x.Since.IsZero() {
		x.Since = time.Now()
	}
	x.Kind = poll.Kind{Target: s.Target, From: s.From, Sent: s.Sent}
	x.Until = x.Since.Add(p.run.Timeout)
	p.add(x)
}

// resolve waits until it is known whether a job's server exists.
func (p *poller) resolve(j *job, s planner.Resolve) {
	u := j.tasks[0].unresolved
	x := &wait{job: j, create: s.Create, unresolved: u,
		Wait: poll.Wait{Kind: poll.Kind{Target: planner.TargetResolved}, Since: time.Now(), Until: u.until, ListOnly: true}}
	j.sent = time.Time{}
	p.add(x)
}

func (p *poller) add(x *wait) {
	x.Begun = time.Now()
	p.waits = append(p.waits, x)
	p.open++
	if x.id != "" {
		p.byID[x.id] = x
	}
	p.run.reports[x.job.tasks[0].report].begin(x.Kind.Target)
	p.run.emit(WaitStarted{Name: x.job.name, ID: x.id, Target: x.Kind.Target})
}

func (p *poller) remove(x *wait) {
	x.ended = true
	p.open--
	delete(p.byID, x.id)
}

// end ends a wait, and its task with it unless it went well.
func (p *poller) end(x *wait, o Outcome, why *Error) {
	if x.ended {
		return // when the run stopped
	}
	p.remove(x)
	p.run.reports[x.job.tasks[0].report].passed()
	x.job.left = x.job.left || !x.Moved.IsZero()
	if o != Done {
		p.run.end(x.job, o, why)
	}
	p.run.advance(x.job)
}

// abandon ends all waits because the run stops.
func (p *poller) abandon() {
	for _, x := range p.waits {
		if x.unresolved != nil {
			p.end(x, Unknown, x.unresolved.doubt(p.run.stopped))
			continue
		}
		p.end(x, Unknown, p.run.stopped.before(x.Kind.Target, x.Last))
	}
}
