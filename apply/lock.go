package apply

import (
	"context"
	"errors"
	"time"
)

// lockEvery is the time between two attempts to lock a state that another apply has.
const lockEvery = time.Second

// LockAwaited says that another apply has the account's state, and that it is waited for.
type LockAwaited struct {
	Err     error // is an ErrLocked; says who has it
	Timeout time.Duration
}

func (LockAwaited) isEvent() {}

// awaitLock locks an account's state. It waits for another apply that has it, for as
// long as the engine's LockTimeout.
func (e *Engine) awaitLock(ctx context.Context, k Key) (LockedState, error) {
	until := time.Now().Add(e.LockTimeout)
	for told := false; ; told = true {
		holder := e.Holder
		holder.Since = time.Now()
		s, err := e.Store.Lock(ctx, k, holder)
		left := time.Until(until)
		if !errors.Is(err, ErrLocked) || left <= 0 {
			return s, err
		}
		if !told {
			e.emit(LockAwaited{err, e.LockTimeout})
		}
		if !pause(ctx, nil, min(left, lockEvery)) {
			return nil, ctx.Err()
		}
	}
}
