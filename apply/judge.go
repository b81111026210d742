package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
)

// judge goes on with a wait, or ends it, by what was seen of its server; nil: nothing.
func (p *poller) judge(x *wait, server *planner.Server, listed bool, asked time.Time) {
	f := poll.Finding{Missing: server == nil, Listed: listed, Asked: asked}
	if server == nil {
		f.Trusted = !asked.Before(p.run.cache.past[x.id].TrustAbsence(p.run.Settle))
	} else {
		f.Status, f.Trusted = server.Status, p.run.cache.proves(server, asked)
	}
	why := planner.Reason{}
	switch x.Judge(f, p.run.Settle) {
	case poll.Goes:
		p.giveUp(x, nil)
		return
	case poll.Arrived:
		p.arrived(x, asked)
		return
	case poll.Vanished:
		why = planner.Reason{Code: planner.CodeGone, Status: x.Last}
	case poll.Broken:
		why = planner.Reason{Code: planner.CodeStatus, Status: f.Status}
	case poll.Strayed:
		why = planner.Reason{Code: planner.CodeEnded, Fields: waitFields(x.Kind.Target, f.Status)}
	}
	p.end(x, Failed, &Error{Reason: why})
}

// duplicates is the error that a server which this run has made is not the only one of
// its name; nil where it is. The list that the plan is from did not show the other.
func (p *poller) duplicates(x *wait) *Error {
	if x.job.made != x.id {
		return nil
	}
	all := p.run.cache.duplicates(x.id)
	if len(all) < 2 {
		return nil
	}
	return &Error{Reason: planner.Reason{Code: planner.CodeDuplicates, Name: all[0].Name, Servers: p.run.others(all)}}
}

// arrived ends a wait well, unless there is another server of the name. What it took is
// expected of the others of its kind.
func (p *poller) arrived(x *wait, asked time.Time) {
	if why := p.duplicates(x); why != nil {
		p.end(x, Failed, why)
		return
	}
	took, known := p.took[x.Kind]
	p.took[x.Kind] = x.Learn(took, known, asked)
	p.end(x, Done, nil)
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
	p.end(x, Unknown, &Error{Reason: planner.Reason{Code: planner.CodeNotReady, Fields: waitFields(x.Kind.Target, x.Last)}, Err: unread})
}
