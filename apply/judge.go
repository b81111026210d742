package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
)

// judge decides, by what was seen of a server at the time asked, whether a wait is over.
func (p *poller) judge(x *wait, status planner.Status, exists bool, asked time.Time) {
	if x.begun.After(asked) {
		return
	}
	settled, ok := status.Target()
	switch target := x.Kind.Target; {
	case !exists && target == planner.TargetGone:
		p.arrived(x, asked)
	case !exists && x.last != "":
		p.end(x, Failed, &Error{Reason: planner.Reason{Code: planner.CodeGone, Status: x.last}})
	case !exists || target == planner.TargetGone:
		p.missed(x, asked) // not shown yet, or not gone yet
	case string(target) == string(status):
		p.arrived(x, asked)
	case status.Ended():
		p.end(x, Failed, &Error{Reason: planner.Reason{Code: planner.CodeStatus, Status: status}})
	case ok && settled == status && x.moved:
		p.end(x, Failed, &Error{Reason: planner.Reason{Code: planner.CodeEnded, Fields: waitFields(target, status)}})
	default: // a status that is unknown to us may pass
		x.last = status
		x.moved = x.moved || settled != status || !ok
		p.missed(x, asked)
	}
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
