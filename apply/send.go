package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// leavesNoTrace reports whether no comparison tells whether the change took effect.
func (w *worker) leavesNoTrace() bool {
	return w.change.Action() == planner.ActionCreate || w.change.Action() == planner.ActionReboot
}

// alreadySo reports whether a change was refused because its server already is as the
// change would leave it.
func (w *worker) alreadySo(ctx context.Context, err error) bool {
	var api *vpsorg.Error
	if !errors.As(err, &api) || api.Status/100 != 4 || errors.Is(err, vpsorg.ErrUnauthorized) || errors.Is(err, vpsorg.ErrForbidden) {
		return false
	}
	w.trustStatus = time.Time{} // the API has refused by what the server is now
	return w.inPlace(ctx)
}

// inPlace looks whether the server is as the change would leave it.
func (w *worker) inPlace(ctx context.Context) bool {
	if w.leavesNoTrace() {
		return false
	}
	x, unread := w.check(ctx, true)
	return unread == nil && x.Standing == planner.InPlace
}

// request sends a change once. When its turn has come the run is asked once more, and
// for a create an intent of its own is made durable.
func (w *worker) request(ctx context.Context, c planner.Change) error {
	id := vpsorg.ID(c.About().ID)
	ctx = vpsorg.BeforeSend(ctx, func() error { return w.leave(ctx, c) })
	switch c := c.(type) {
	case *planner.Create:
		return w.create(ctx, c)
	case *planner.Update:
		return w.update(ctx, id, c.Fields)
	case *planner.Delete:
		err := w.Client.DeleteServer(ctx, id)
		w.removed = w.removed || err == nil
		return err
	case *planner.Power:
		return w.power(ctx, id, c)
	}
	panic(fmt.Sprintf("no request sends a %T", c))
}

// power starts, stops or reboots a server.
func (w *worker) power(ctx context.Context, id vpsorg.ID, c *planner.Power) (err error) {
	switch c.Verb {
	case planner.ActionStart:
		_, err = w.Client.StartServer(ctx, id)
	case planner.ActionStop:
		_, err = w.Client.StopServer(ctx, id)
	default:
		_, err = w.Client.RebootServer(ctx, id)
		w.rebooted(ctx, c, err)
	}
	return err
}

// deleteWithin is how long after its server was read a delete may leave. It may have
// queued for its turn, for minutes where the API asks for a pause.
const deleteWithin = 30 * time.Second

// errOldRead is why a delete is held back: its server is to be read once more.
var errOldRead = errors.New("the server was read too long ago")

// leave decides, when the turn of a request has come, whether it leaves; nil: it does.
// First it notes what the state has to know. That may take a while, so it asks the run
// before and after.
func (w *worker) leave(ctx context.Context, c planner.Change) error {
	if c.Action() == planner.ActionDelete && !w.stale && time.Since(w.readAt) > deleteWithin {
		return errOldRead
	}
	if err := w.askRun(c); err != nil {
		return err
	}
	if err := w.noteFirst(ctx, c); err != nil {
		return notNoted(err)
	}
	return w.askRun(c)
}

// notNoted is why a request is held back because of an error of the state.
func notNoted(err error) error {
	switch {
	case errors.Is(err, ErrLapsed):
		return err
	case errors.Is(err, ErrLeaseLost):
		return &ending{NotStarted, leaseLost(err)}
	}
	return ended(NotStarted, planner.CodeNotNoted, err)
}

// askRun asks the run whether a request may leave; nil: it may.
func (w *worker) askRun(c planner.Change) error {
	reply := make(chan error, 1)
	w.messages <- leaving{w.job, c, reply}
	return <-reply
}

// create makes a server. What is certain of it is noted at once.
func (w *worker) create(ctx context.Context, c *planner.Create) error {
	before := len(w.begun)
	server, err := w.Client.CreateServer(ctx, toCreate(c.Name, c.Spec))
	became := Resolution{Refused: true}
	if err == nil {
		w.made = string(server.ID)
		w.note(ctx, w.deed(c, w.made))
		became = Resolution{Made: w.made}
	}
	if (err == nil || !mayHaveTaken(err)) && len(w.begun) > before {
		w.begun = w.begun[:before]
		w.noted(w.State.Resolve(context.WithoutCancel(ctx), w.last, became))
	}
	return err
}

func toCreate(name string, s planner.Spec) vpsorg.CreateRequest {
	req := vpsorg.CreateRequest{
		Name:           name,
		PlanID:         vpsorg.ID(s.Plan.ID),
		OSID:           vpsorg.ID(s.OS.ID),
		Location:       s.Location,
		Hostname:       s.Hostname,
		BackupsEnabled: s.BackupsEnabled,
	}
	if s.SSHKey != nil {
		key := vpsorg.ID(s.SSHKey.ID)
		req.SSHKeyID = &key
	}
	return req
}

// putFields are what a PUT takes: all of them and no other, so that it would lose one.
var putFields = []fleet.Field{fleet.FieldName, fleet.FieldHostname, fleet.FieldBackupsEnabled}

// takesPut reports whether fields are exactly those of a PUT. A server has each once.
func takesPut(fields []planner.FieldChange) bool {
	other := func(f planner.FieldChange) bool { return !slices.Contains(putFields, f.Field) }
	return len(fields) == len(putFields) && !slices.ContainsFunc(fields, other)
}

// update changes fields, with a PUT where it takes them, else with a PATCH.
func (w *worker) update(ctx context.Context, id vpsorg.ID, fields []planner.FieldChange) error {
	var patch vpsorg.PatchRequest
	for _, f := range fields {
		text, _ := f.To.AsText()
		boolean, _ := f.To.AsBool()
		switch f.Field {
		case fleet.FieldName:
			patch.Name = &text
		case fleet.FieldHostname:
			patch.Hostname = &text
		case fleet.FieldBackupsEnabled:
			patch.BackupsEnabled = &boolean
		default:
			return fmt.Errorf("no update can change %s", f.Field)
		}
	}
	if takesPut(fields) {
		return w.Client.PutServer(ctx, id, vpsorg.PutRequest{Name: *patch.Name, Hostname: *patch.Hostname, BackupsEnabled: *patch.BackupsEnabled})
	}
	return w.Client.PatchServer(ctx, id, patch)
}

// mayHaveTaken reports whether a change that failed may have taken effect: what it
// is in conflict with may be itself, tried before.
func mayHaveTaken(err error) bool {
	return vpsorg.Ambiguous(err) || errors.Is(err, vpsorg.ErrConflict)
}

// notSent reports whether a request certainly never reached the API.
func notSent(err error) bool {
	var e *vpsorg.Error
	return errors.As(err, &e) && e.NotSent
}

// pause waits, and reports false when ctx ends or stop is closed first.
func pause(ctx context.Context, stop <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-stop:
	case <-ctx.Done():
	}
	return false
}
