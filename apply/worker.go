package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// worker carries one step out: it sends a change, as often as that takes, and answers. It
// owns nothing of the run: it asks the loop for what it has to know, and only hands the
// job back.
//
// A change that the API puts off, with a 429 or because it is at work on the server, is
// sent again until the time-out; one that meets an outage, for as long as the outage may
// last.
type worker struct {
	Runner
	answer       // as far as it is known
	messages     chan<- message
	stopping     <-chan struct{}
	key          Key           // of what it notes
	trustAbsence time.Time     // from when answers are believed that lack the server
	trustStatus  time.Time     // from when answers are believed that show the status that the change leads to
	owes         bool          // it is an update that brings a reboot
	since        time.Time     // since when that reboot, or the one to be sent, has been owed; zero: it is not
	toMark       *rollout.Mark // is noted before the change leaves; nil: nothing is

	pauses    func() time.Duration // the next of those between attempts
	until     time.Time            // for how long the API may put the change off
	open      error                // of the last attempt that may have taken effect
	busy      error                // why the last attempt was put off by the API
	readAt    time.Time            // when the server was last asked for
	stale     bool                 // what was read before is too old to go by
	ambiguous bool                 // an attempt may take effect yet
	told      time.Time            // when it was last told that the change is put off
	failed    int                  // attempts that have met an outage
	notFound  int                  // attempts that were answered with a 404
	over      bool                 // the outage has lasted too long: there is no other attempt

	owed    bool // it has noted that its reboot is owed
	removed bool // its delete was answered
	sent    bool // its reboot has left, and is not known to be refused
}

// answer is what became of a step.
type answer struct {
	job    *job
	change planner.Change
	ending
	made     string        // the id of the server that was created
	mark     *rollout.Mark // that was noted; nil: none was
	left     bool          // its server was seen to leave active after the reboot
	deeds    []deeds.Deed
	down     time.Time // since when the API has been down for changes, by the run or by this one; zero: it is not
	begun    []Intent  // that are still open
	last     Intent    // the last that was begun
	stateErr error
}

// ending is an outcome, and why where it is not Done. As an error it is why a request was
// not sent after all.
type ending struct {
	outcome Outcome
	why     *Error
}

func (e *ending) Error() string { return e.why.Error() }

func succeeded() *ending { return &ending{outcome: Done} }

func ended(o Outcome, code planner.Code, cause error) *ending {
	return &ending{o, &Error{Reason: planner.Reason{Code: code}, Err: cause}}
}

// unclear is the intent of a create that may have made a server; nil: there is none.
func (a answer) unclear() *Intent {
	if a.outcome == Unknown && a.change.Action() == planner.ActionCreate && !a.last.At.IsZero() {
		return &a.last
	}
	return nil
}

// noCreates is why no more creates are to be sent, for want of credit or because of a
// limit; nil where they may be.
func (a answer) noCreates() *Error {
	switch {
	case a.change.Action() != planner.ActionCreate || !errors.Is(a.why, vpsorg.ErrCreatesRefused):
		return nil
	case errors.Is(a.why, vpsorg.ErrPaymentRequired):
		return &Error{Reason: planner.Reason{Code: planner.CodeNoCredit}, Err: a.why.Err}
	}
	return &Error{Reason: planner.Reason{Code: planner.CodeNoCreates}, Err: a.why.Err}
}

// question asks for a server as it is now, or was a moment ago.
type question struct {
	id    string
	reply chan<- known
}

// leaving asks whether a request may leave whose turn has come.
type leaving struct {
	job    *job
	change planner.Change
	reply  chan<- error // an ending, or what is an ErrLapsed; nil: it may
}

// reading is a server that was read by itself.
type reading struct{ observe.Reading }

func (answer) isMessage()   {}
func (question) isMessage() {}
func (leaving) isMessage()  {}
func (reading) isMessage()  {}

func (w *worker) work(ctx context.Context) {
	w.ending = w.send(ctx)
	w.remember(ctx)
	w.seeLeft(ctx)
	w.messages <- w.answer
}

// seeLeft reads, after a reboot that a rollout has a say in, whether its server has left
// active: the old boot may go on answering for a while.
func (w *worker) seeLeft(ctx context.Context) {
	if w.toMark == nil || w.outcome != Done || w.change.Action() != planner.ActionReboot {
		return
	}
	s := w.read(ctx)
	w.left = s.Err == nil && s.Server.Status != planner.StatusActive
}

// check compares the change with its server. It reads the server by itself for a delete,
// with read, and where the loop knows nothing new enough. The error says that it could
// not be read.
func (w *worker) check(ctx context.Context, read bool) (planner.Comparison, error) {
	if w.change.Action() == planner.ActionCreate {
		return planner.Comparison{Left: w.change}, nil
	}
	if w.change.Action() != planner.ActionDelete && !read {
		k := w.ask(w.change.About().ID)
		switch {
		case k.found:
			return w.compareWith(k.Server, k.asked), nil
		case !k.read:
			return planner.Comparison{Left: w.change}, nil // nobody has seen anything else
		}
	}
	s := w.read(ctx)
	switch {
	case errors.Is(s.Err, vpsorg.ErrNotFound):
		return w.checkGone(ctx)
	case s.Err != nil:
		return planner.Comparison{}, s.Err
	}
	return w.compareWith(s.Server, s.Asked), nil
}

// read reads the server by itself, for the run too.
func (w *worker) read(ctx context.Context) reading {
	s := reading{observe.ReadServer(ctx, w.Client, w.change.About().ID)}
	w.readAt = s.Asked
	w.messages <- s
	return s
}

// compareWith compares the change with a server that was asked for at a time. A status
// from before trustStatus may be an old one, so the change is still to be sent then.
func (w *worker) compareWith(s planner.Server, asked time.Time) planner.Comparison {
	x := planner.Compare(w.change, planner.NewWorld(s))
	if x.Standing == planner.InPlace && asked.Before(w.trustStatus) {
		return planner.Comparison{Left: w.change}
	}
	return x
}

// checkGone is check for a server for which the API has answered 404.
func (w *worker) checkGone(ctx context.Context) (planner.Comparison, error) {
	gone, err := w.gone(ctx)
	switch {
	case err != nil:
		return planner.Comparison{}, err
	case gone:
		return planner.Compare(w.change, planner.NewWorld()), nil
	}
	return w.check(ctx, true)
}

func (w *worker) ask(id string) known {
	reply := make(chan known, 1)
	w.messages <- question{id, reply}
	return <-reply
}

func (w *worker) stopped() bool {
	select {
	case <-w.stopping:
		return true
	default:
		return false
	}
}
