package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
)

// finding is what was seen of a server.
type finding struct {
	server *planner.Server // nil: it was not there
	listed bool            // by a list; else it was read by itself
	asked  time.Time
}

// judge decides, by what was seen of a server, whether a wait is over. One look that
// lacks a server proves nothing, nor does one that has it as it was before.
func (p *poller) judge(x *wait, seen finding) {
	switch {
	case x.begun.After(seen.asked):
	case seen.server == nil:
		p.judgeMissing(x, seen)
	default:
		x.gone, x.ListOnly = absence{}, false
		p.judgeStatus(x, seen)
	}
}

func (p *poller) judgeMissing(x *wait, seen finding) {
	switch {
	case x.Kind.Target == planner.TargetGone:
		p.arrived(x, seen.asked)
	case x.last != "" && x.gone.note(seen.listed, seen.asked, p.run.apart()) && !seen.asked.Before(p.run.cache.past[x.id].TrustAbsence(p.run.Settle)):
		p.end(x, Failed, &Error{Reason: planner.Reason{Code: planner.CodeGone, Status: x.last}})
	default:
		p.missed(x, seen.asked) // not shown yet
	}
	x.ListOnly = x.gone.alone && !x.gone.listed
}

func (p *poller) judgeStatus(x *wait, seen finding) {
	status := seen.server.Status
	settled, ok := status.Target()
	switch target := x.Kind.Target; {
	case target == planner.TargetGone:
		p.missed(x, seen.asked)
	case string(target) == string(status) && !p.run.cache.proves(seen.server, seen.asked):
		p.missed(x, seen.asked)
	case string(target) == string(status) && p.twins(x) != nil:
		p.end(x, Failed, p.twins(x))
	case string(target) == string(status):
		p.arrived(x, seen.asked)
	case status.Ended():
		p.end(x, Failed, &Error{Reason: planner.Reason{Code: planner.CodeStatus, Status: status}})
	case ok && settled == status && p.ended(x, seen):
		p.end(x, Failed, &Error{Reason: planner.Reason{Code: planner.CodeEnded, Fields: waitFields(target, status)}})
	default: // a status that is unknown to us may pass
		x.last = status
		if settled != status || !ok {
			x.moved = seen.asked
		}
		p.missed(x, seen.asked)
	}
}

// twins is why a server that this run has made is not well although it is ready: by
// now there is another of its name, which the list that the plan is from has lacked.
// nil: there is none.
func (p *poller) twins(x *wait) *Error {
	if x.job.made != x.id {
		return nil
	}
	all := p.run.cache.twins(x.id)
	if len(all) < 2 {
		return nil
	}
	return &Error{Reason: planner.Reason{Code: planner.CodeDuplicates, Name: all[0].Name, Servers: p.run.others(all)}}
}

// ended reports whether a transition has ended in another status than it should. That
// in which it began may be from before it.
func (p *poller) ended(x *wait, seen finding) bool {
	return !x.moved.IsZero() && (seen.server.Status != x.Kind.From || seen.asked.Sub(x.moved) >= p.run.Settle)
}

// arrived ends a wait well. The others of its kind are expected to take what it took
// when it was last found missing: a poll may tell of an arrival only much later.
func (p *poller) arrived(x *wait, asked time.Time) {
	took, known := p.took[x.Kind]
	missed := time.Duration(-1)
	if !x.Polled.IsZero() {
		missed = x.Polled.Sub(x.Since)
	}
	p.took[x.Kind] = poll.Learn(took, known, missed, asked.Sub(x.Since))
	p.end(x, Done, nil)
}

// missed goes on with a wait whose server had not arrived when it was asked for.
func (p *poller) missed(x *wait, asked time.Time) {
	if asked.After(x.Polled) {
		x.Polled = asked
	}
	p.giveUp(x, nil)
}

// giveUp ends a wait that has lasted too long. What it waited for may yet happen.
func (p *poller) giveUp(x *wait, unread error) {
	now := time.Now()
	if now.Before(x.Until) {
		return
	}
	if x.unresolved != nil {
		// The list that proves it may still be to come.
		if timeout := p.run.Timeout; now.Before(x.Until.Add(timeout)) || now.Sub(x.Since) < timeout {
			return
		}
		p.end(x, Unknown, x.unresolved.doubt(unread))
		return
	}
	p.end(x, Unknown, &Error{Reason: planner.Reason{Code: planner.CodeNotReady, Fields: waitFields(x.Kind.Target, x.last)}, Err: unread})
}
