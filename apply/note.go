package apply

import (
	"cmp"
	"context"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// This file has what a worker notes in the state, before it sends a change and after.

// deed is what a change of a server is when it is done.
func (w *worker) deed(c planner.Change, id string) deeds.Deed {
	d := deeds.Deed{Endpoint: w.key.Endpoint, Account: w.key.Account, Action: c.Action(), ID: id, Name: c.About().Name, At: time.Now().Round(0)}
	switch c := c.(type) {
	case *planner.Create:
		d.Spec = &c.Spec
	case *planner.Update:
		d.Fields = c.Fields
	}
	return d
}

// note notes what was done. A run that is cut off still notes what it knows.
func (w *worker) note(ctx context.Context, d deeds.Deed) {
	w.deeds = append(w.deeds, d)
	w.noted(w.State.Note(context.WithoutCancel(ctx), d, false))
}

// noted keeps the first failure to note something.
func (w *worker) noted(err error) { w.stateErr = cmp.Or(w.stateErr, err) }

// noteFirst makes durable what the next run has to know if this one ends with the request
// that is about to leave: the intent of a create, the reboot that an update brings, that
// a reboot is being sent, and the new name of a server that lists may not show yet.
func (w *worker) noteFirst(ctx context.Context, c planner.Change) error {
	if w.toMark != nil && w.mark == nil {
		mark := *w.toMark
		mark.At = time.Now().Round(0)
		if !mark.Server.New {
			mark.Server.Disrupted = mark.At
		}
		if err := w.State.Mark(context.WithoutCancel(ctx), mark); err != nil {
			return err
		}
		w.mark = &mark
	}
	switch c := c.(type) {
	case *planner.Create:
		w.last = newIntent(w.key, c, w.Client.Timeout())
		if err := w.State.Begin(ctx, w.last); err != nil {
			return err
		}
		w.begun = append(w.begun, w.last)
	case *planner.Update:
		if w.owes && w.since.IsZero() {
			w.since, w.owed = time.Now().Round(0), true
			return w.noteReboot(ctx, c, deeds.RebootOwed)
		}
		if name := planner.Claims(c); name != "" && time.Now().Before(w.trustAbsence) {
			d := w.deed(c, c.ID)
			d.Action, d.Fields, d.Name, d.At = planner.ActionCreate, nil, name, w.trustAbsence.Add(-w.Settle)
			return w.State.Note(ctx, d, true)
		}
	case *planner.Power:
		if c.Verb == planner.ActionReboot {
			if w.since.IsZero() {
				w.since = time.Now().Round(0)
			}
			w.sent = true
			return w.noteReboot(ctx, c, deeds.RebootSent)
		}
	}
	return nil
}

func (w *worker) noteReboot(ctx context.Context, c planner.Change, stage deeds.RebootStage) error {
	d := w.deed(c, c.About().ID)
	d.Action, d.Fields, d.Reboot, d.Since, d.Plan = planner.ActionReboot, nil, stage, w.since, w.Digest
	return w.State.Note(context.WithoutCancel(ctx), d, stage != "")
}

// rebooted notes the answer to a reboot: one that was certainly not taken is owed again.
// What nobody knows stays noted as sent, so that it is never repeated.
func (w *worker) rebooted(ctx context.Context, c planner.Change, err error) {
	left := w.sent
	w.sent = false
	stage := deeds.RebootOwed
	switch {
	case err == nil:
		stage = ""
	case !left || vpsorg.Ambiguous(err) && !notSent(err):
		return
	case c.About().Reason.Code == planner.CodeAskedFor:
		stage = deeds.RebootRefused
	}
	w.noted(w.noteReboot(ctx, c, stage))
}

// remember notes how a change has ended. Creates and reboots are noted already, as soon as
// they are answered. The reboot of an update that was certainly not made is not owed.
func (w *worker) remember(ctx context.Context) {
	done := w.outcome == Done
	switch w.change.Action() {
	case planner.ActionCreate, planner.ActionReboot:
		return
	case planner.ActionDelete:
		done = w.removed
	}
	if done {
		w.note(ctx, w.deed(w.change, w.change.About().ID))
	} else if w.owed && w.outcome != Unknown {
		w.noted(w.noteReboot(ctx, w.change, ""))
	}
}
