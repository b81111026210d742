package state

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// proofName is the object that says that compare-and-swap was proved.
const (
	proofName    = "proof.json"
	proofVersion = 1
)

// proof is what that object says.
type proof struct {
	FormatVersion int       `json:"format_version"`
	Proven        time.Time `json:"proven"` // by the store's clock
}

// Init prepares a backend and proves that it keeps hosts apart: it writes an object
// as new twice, and over an old version, and wants both to be refused. Some buckets
// accept the conditions of a write and ignore them. The proof is remembered in the
// backend; Init can be repeated.
func (s *Shared) Init(ctx context.Context) error {
	if err := s.done(ctx, "prepare the state", s.backend.Prepare); err != nil {
		return err
	}
	now, err := s.prove(ctx)
	if err != nil {
		return s.failed("prove that only one of two writes is taken", err)
	}
	data, err := json.Marshal(proof{proofVersion, now})
	if err != nil {
		return err
	}
	return s.put(ctx, "remember the proof", proofName, append(data, '\n'))
}

// prove returns the store's time when it has kept two writers apart. No request is sent
// again: the second attempt could be refused because of the first.
func (s *Shared) prove(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.patience)
	defer cancel()
	name := "proofs/" + random()
	first, err := s.backend.Replace(ctx, name, []byte("1"), "")
	if err != nil {
		return time.Time{}, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timing.request)
		defer cancel()
		_ = s.backend.Drop(ctx, name) // it is in nobody's way
	}()
	if _, err := s.backend.Replace(ctx, name, []byte("2"), ""); !errors.Is(err, ErrConflict) {
		return time.Time{}, unkept(err)
	}
	second, err := s.backend.Replace(ctx, name, []byte("3"), first.Version)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := s.backend.Replace(ctx, name, []byte("4"), first.Version); !errors.Is(err, ErrConflict) {
		return time.Time{}, unkept(err)
	}
	seen, err := s.backend.Read(ctx, name)
	if err == nil && (string(seen.Data) != "3" || seen.Version != second.Version) {
		err = ErrNotKept
	}
	return seen.Now, err
}

// unkept is the error for a write that was not refused as it had to be.
func unkept(err error) error {
	if err == nil {
		return ErrNotKept
	}
	return err
}

// ErrNotKept is why a store cannot be used by several hosts.
var ErrNotKept error = &BackendError{
	Err:    errors.New("this store cannot keep hosts apart: it took a write that it had to refuse, because somebody else had written before"),
	Stays:  true,
	Advice: "use a bucket whose server honours If-None-Match and If-Match when it writes, or PostgreSQL",
}

// checkProof returns an error unless the backend was proved to keep hosts apart.
func (s *Shared) checkProof(ctx context.Context) error {
	if s.proven.Load() {
		return nil
	}
	o, err := s.object(ctx, readState, proofName)
	if err != nil {
		return err
	}
	if o.Version == "" {
		return s.failed(readState, ErrUnprepared)
	}
	var p proof
	if err := decodeVersioned(proofName, o.Data, &p, proofVersion); err != nil {
		return s.failed(readState, err)
	}
	s.proven.Store(true)
	return nil
}
