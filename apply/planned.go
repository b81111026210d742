package apply

import (
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// This file has the events of an Engine; those of a Runner are in event.go.

// Planned has the plan that is about to be approved, or was approved earlier.
type Planned struct {
	Plan        *planner.Plan
	Observation *planner.Observation // that it was made from; nil where the plan was saved
}

// Rechecked has what is left of an approved plan by now.
type Rechecked struct {
	Plan, Left *planner.Plan
	Refused    []planner.Refused // is among what Left has blocked
}

// Starting has what is about to be carried out. It may be nothing.
type Starting struct {
	Plan *planner.Plan
	Open []Intent // creates of earlier runs that may have made a server
}

// UnshownAwaited says that the run waits because the API does not show yet what was done
// a moment ago. It comes each time that the API was asked again.
type UnshownAwaited struct {
	Servers []planner.Unshown
	Until   time.Time // when the API is believed, whatever it shows
}

// Warning says that something did not work, which does not stop a run.
type Warning struct {
	What   WarningKind
	Server string // with CacheWrong and NotRestored
	Err    error
}

// WarningKind is what did not work.
type WarningKind int

// The kinds of warnings.
const (
	CacheUnread  WarningKind = iota // the cached details cannot be used, so all are read
	CacheUnsaved                    // details cannot be cached
	CacheWrong                      // a server's backups_enabled has changed and its updated_at has not
	StateUnsaved                    // something for the next run could not be kept
	NotRestored                     // the restore command of a server that was drained in vain has failed
	StateUnread                     // what earlier runs have done is not known, so the API is believed
)

func (Planned) isEvent()        {}
func (Rechecked) isEvent()      {}
func (Starting) isEvent()       {}
func (UnshownAwaited) isEvent() {}
func (Warning) isEvent()        {}

func (e *Engine) emit(event Event) {
	if e.Emit != nil {
		e.Emit(event)
	}
}

func (e *Engine) warn(what WarningKind, err error) { e.emit(Warning{What: what, Err: err}) }

// close gives a state back. What could not be kept any more is a warning: the
// servers are as the result says.
func (e *Engine) close(s State) {
	if err := s.Close(); err != nil {
		e.warn(StateUnsaved, err)
	}
}

// done are the changes that a run has made.
func done(r *Result) (changes []planner.Change) {
	for _, rep := range r.Reports {
		if rep.Change != nil && rep.Outcome == Done {
			changes = append(changes, rep.Change)
		}
	}
	return changes
}

// blocked are the changes of an approved plan that are not to be carried out, as the
// entries that are not.
func blocked(refused []planner.Refused) (all []planner.Blocked) {
	for _, r := range refused {
		b := planner.Blocked{Name: r.Change.About().Name, Reason: r.Reason}
		if r.Reason.Code != planner.CodeNeeds {
			b.Reason.Action = r.Change.Action()
		}
		if id := r.Change.About().ID; id != "" {
			b.IDs = []string{id}
		}
		all = append(all, b)
	}
	return all
}
