package state

import (
	"context"
	"errors"
	"time"
)

// Backend keeps objects under names, for many hosts at once. It knows nothing of
// what is in them. Names are parts of letters, digits and ".-@+_", joined by "/".
//
// An error other than ErrConflict leaves open whether a request took effect: it may
// have, and may yet. One with a method Final() bool that is true stays the same when
// it is asked again.
type Backend interface {
	// Read returns an object. One that is not there has no Version and no Data.
	Read(ctx context.Context, name string) (Object, error)

	// Replace writes an object whose version is still the given one, "" for one that
	// is not there; else it is ErrConflict, and nothing was changed. It is durable
	// when Replace returns, and every later Read sees it. The answer has no Data.
	Replace(ctx context.Context, name string, data []byte, version string) (Object, error)

	// Put writes an object, whatever was there, durably.
	Put(ctx context.Context, name string, data []byte) error

	// Drop removes an object. There may be none.
	Drop(ctx context.Context, name string) error

	// List are the objects whose names begin so.
	List(ctx context.Context, prefix string) ([]Listed, error)

	// Prepare makes what the backend needs before it can keep anything, or brings
	// what an earlier version has made up to date. It can be repeated.
	Prepare(ctx context.Context) error

	// Place names the backend for people, without secrets.
	Place() string
}

// Object is what a backend keeps under a name.
type Object struct {
	Data    []byte
	Version string    // another one for each write; "": there is no such object
	Now     time.Time // by the backend's own clock, after the request was sent and before it was answered; rounded down
}

// Listed is an object as a backend lists it, or a file of a folder.
type Listed struct {
	Name    string
	Written time.Time // by the clock of whatever keeps it
}

// ErrConflict is why an object was not replaced.
var ErrConflict = errors.New("somebody else has written it meanwhile")

// ErrUnprepared is why a store is not used: nobody has prepared it and proved that it
// keeps hosts apart.
var ErrUnprepared error = &BackendError{
	Err:    errors.New("this store was not prepared for fleet"),
	Stays:  true,
	Advice: "run fleet state init once with this store",
}

// BackendError is why a backend has refused something, and what to do about it.
type BackendError struct {
	Err    error
	Stays  bool // until people do something about it
	Advice string
}

func (e *BackendError) Error() string { return e.Err.Error() }
func (e *BackendError) Unwrap() error { return e.Err }

// Final reports whether asking again is in vain.
func (e *BackendError) Final() bool { return e.Stays }

// Hint says what to do about it.
func (e *BackendError) Hint() string { return e.Advice }
