package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// create makes a server. Each request has an intent of its own, on disk before it
// leaves; only what certainly never was carried out is sent again.
func (r *run) create(ctx context.Context, l *lane, s createStep) error {
	if err := r.credit(); err != nil {
		return notStarted{err}
	}
	var intent Intent
	err := r.send(ctx, func() error {
		request := toCreate(s.name, s.spec)
		server, err := r.Client.CreateServer(r.changing(ctx, l, func() error {
			intent = r.intent(request)
			return r.State.Begin(ctx, intent)
		}), request)
		switch {
		case err == nil:
			l.made = server.ID // the intent stays open until a list shows the server
			r.born()
		case !mayHaveTaken(err) && !intent.At.IsZero():
			_ = r.State.Resolve(ctx, intent, Resolution{Refused: true}) // the next run resolves it then
		}
		return err
	}, nil)
	if errors.Is(err, vpsorg.ErrPaymentRequired) {
		r.outOfCredit(err)
	}
	var unclear unknown
	if errors.As(err, &unclear) {
		return unclearCreate{create: s, intent: intent, why: unclear.why}
	}
	return err
}

// outOfCredit stops all further creates, and nothing else.
func (r *run) outOfCredit(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noCredit = err
}

func (r *run) credit() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noCredit
}

// unclearCreate is a create that may have made a server.
type unclearCreate struct {
	create createStep
	intent Intent
	why    error
}

func (e unclearCreate) Error() string { return e.why.Error() }
func (e unclearCreate) Unwrap() error { return e.why }

// intent is what is written down before a create is sent.
func (r *run) intent(req vpsorg.CreateRequest) Intent {
	return Intent{
		Endpoint: r.plan.Endpoint, Account: r.plan.Account, Name: req.Name,
		Plan: string(req.PlanID), OS: string(req.OSID), Location: req.Location, Hostname: req.Hostname,
		At: time.Now().Round(0),
	}
}
