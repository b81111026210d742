package state

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/vps-fleet/fleet/apply"
)

const (
	documentSuffix = "/state.json"
	detailsName    = "/details.json"
	plansPrefix    = "/plans/"
)

// Shared keeps states in a Backend, for several hosts. It is an apply.Store. Each
// account has one document, which is replaced by compare-and-swap, and objects
// beside it: the kept plans and the details.
type Shared struct {
	Waiting func(since time.Time) // is told when the backend has not answered for two seconds; may be nil
	Longer  time.Duration         // than 30 s, by how much a change may be on the wire

	backend Backend
	timing  timing
	wall    func() time.Time // this host's clock, which can be set
	proven  atomic.Bool      // to keep hosts apart
}

// timing are the durations that a Shared store lives by.
type timing struct {
	ttl      time.Duration // of a lease
	margin   time.Duration // before the end of a lease in which nothing is sent any more: the longest that a change is on the wire, and a little
	renew    time.Duration // between renewals of a lease
	write    time.Duration // the least between two writes while an apply has the lease
	request  time.Duration // the longest that one request to the backend lasts
	patience time.Duration // how long a store that does not answer is asked again
}

var usualTiming = timing{ttl: 2 * time.Minute, margin: 35 * time.Second, renew: 15 * time.Second, write: time.Second, request: 10 * time.Second, patience: 20 * time.Second}

// linkedTTL shortens leases in a program that a test has linked so.
var linkedTTL string

// timingNow is the usual timing, or in proportion to the linked time of a lease.
func timingNow() timing {
	t := usualTiming
	if ttl, err := time.ParseDuration(linkedTTL); err == nil {
		share := func(d time.Duration) time.Duration { return time.Duration(float64(d) * float64(ttl) / float64(t.ttl)) }
		t.margin, t.renew, t.ttl = share(t.margin), share(t.renew), ttl
	}
	return t
}

// InBackend keeps the state of each account in a backend.
func InBackend(b Backend) *Shared { return &Shared{backend: b, timing: timingNow(), wall: wall} }

// Place names the backend for people, without secrets.
func (s *Shared) Place() string { return s.backend.Place() }

// folderOf is what the names of an account's objects begin with.
func folderOf(k apply.Key) string {
	if k.Account == "" {
		return plain(k.Endpoint) + "_unknown"
	}
	return plain(k.Endpoint) + "_" + plain(k.Account)
}

// slow is how long the backend may take until that is told.
const slow = 2 * time.Second

// ask asks the backend for something until it answers, or patience is over. A store that
// has not answered may do what it was asked yet, so what is asked twice has to be
// the same the second time.
func ask[T any](ctx context.Context, s *Shared, what string, do func(context.Context) (T, error)) (T, error) {
	if s.Waiting != nil {
		since := time.Now()
		defer time.AfterFunc(slow, func() { s.Waiting(since) }).Stop()
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 100*time.Millisecond, 5*time.Second
	got, err := backoff.Retry(ctx, func() (T, error) {
		ctx, cancel := context.WithTimeout(ctx, s.timing.request)
		defer cancel()
		got, err := do(ctx)
		var final interface{ Final() bool }
		if errors.Is(err, ErrConflict) || errors.As(err, &final) && final.Final() {
			err = backoff.Permanent(err)
		}
		return got, err
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(s.timing.patience))
	return got, s.failed(what, err)
}

// failed is the error for a store that cannot be used; nil for nil.
func (s *Shared) failed(what string, err error) error {
	var known *StoreError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &StoreError{what, s.backend.Place(), err}
}

// StoreError is why a shared store cannot be used.
type StoreError struct {
	What  string // to be done
	Place string
	Err   error
}

func (e *StoreError) Error() string {
	return "cannot " + e.What + " in " + e.Place + ": " + e.Err.Error()
}
func (e *StoreError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *StoreError) Hint() string {
	var told interface{ Hint() string }
	if errors.As(e.Err, &told) {
		return told.Hint()
	}
	return "look whether the store runs and can be reached from here, and what this user may do there"
}

// object reads an object.
func (s *Shared) object(ctx context.Context, what, name string) (Object, error) {
	return ask(ctx, s, what, func(ctx context.Context) (Object, error) { return s.backend.Read(ctx, name) })
}

// done asks the backend for something that it does without an answer.
func (s *Shared) done(ctx context.Context, what string, do func(context.Context) error) error {
	_, err := ask(ctx, s, what, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) })
	return err
}

// load reads an object that is kept.
func (s *Shared) load(ctx context.Context, what, name string) ([]byte, time.Time, error) {
	o, err := s.object(ctx, what, name)
	return o.Data, o.Now, err
}

func (s *Shared) put(ctx context.Context, what, name string, data []byte) error {
	return s.done(ctx, what, func(ctx context.Context) error { return s.backend.Put(ctx, name, data) })
}

func (s *Shared) drop(ctx context.Context, what, name string) error {
	return s.done(ctx, what, func(ctx context.Context) error { return s.backend.Drop(ctx, name) })
}

// list lists the objects whose names begin so.
func (s *Shared) list(ctx context.Context, what, prefix string) ([]Listed, error) {
	return ask(ctx, s, what, func(ctx context.Context) ([]Listed, error) { return s.backend.List(ctx, prefix) })
}

func (s *Shared) place(name string) string { return name }

func (s *Shared) unusable(what, _ string, err error) error { return s.failed(what, err) }

// document reads an account's document.
func (s *Shared) document(ctx context.Context, k apply.Key) (document, Object, error) {
	d, o, err := s.named(ctx, folderOf(k)+documentSuffix)
	if err == nil && o.Version != "" && !d.of(k) {
		err = s.failed(readState, &DocumentError{Name: folderOf(k) + documentSuffix, Err: errors.New("it is of another account")})
	}
	d.Endpoint, d.Account = k.Endpoint, k.Account
	return d, o, err
}

const readState = "read the state"

// named reads the document of a name.
func (s *Shared) named(ctx context.Context, name string) (document, Object, error) {
	o, err := s.object(ctx, readState, name)
	if err != nil {
		return document{}, o, err
	}
	d, err := decodeDocument(name, o.Data)
	return d, o, s.failed(readState, err)
}

const listStates = "list the states"

// all are the documents whose names begin so.
func (s *Shared) all(ctx context.Context, prefix string) ([]document, error) {
	list, err := s.list(ctx, listStates, prefix)
	if err != nil {
		return nil, err
	}
	return s.documents(ctx, list)
}

// documents reads those of listed objects that are documents.
func (s *Shared) documents(ctx context.Context, list []Listed) (docs []document, err error) {
	for _, l := range list {
		if !strings.HasSuffix(l.Name, documentSuffix) {
			continue
		}
		d, _, err := s.named(ctx, l.Name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// others are the documents whose intents may be this account's too, and whose leases
// keep it from being locked: that of unknown accounts for a known one, and all of
// the endpoint for an unknown one. The time is by the store's clock.
func (s *Shared) others(ctx context.Context, k apply.Key) (docs []document, now time.Time, err error) {
	unknown, o, err := s.document(ctx, apply.Key{Endpoint: k.Endpoint})
	if err != nil || k.Account != "" {
		return []document{unknown}, o.Now, err
	}
	list, err := s.all(ctx, plain(k.Endpoint)+"_")
	for _, d := range list {
		if d.Endpoint == k.Endpoint && d.Account != "" {
			docs = append(docs, d)
		}
	}
	return docs, o.Now, err
}

// Open opens an account's state to be read.
func (s *Shared) Open(ctx context.Context, k apply.Key) (apply.State, error) {
	if err := s.checkProof(ctx); err != nil {
		return nil, err
	}
	return s.open(k), nil
}

// Intents are the open intents of all documents. One that somebody has resolved is
// not open, in whoever's document it is.
func (s *Shared) Intents(ctx context.Context) ([]apply.Intent, error) {
	if err := s.checkProof(ctx); err != nil {
		return nil, err
	}
	docs, err := s.all(ctx, "")
	if err != nil {
		return nil, err
	}
	return openIn(entriesOf(docs)), nil
}

// random is a text that nobody else makes.
func random() string { return rand.Text() }
