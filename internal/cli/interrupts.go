package cli

import (
	"context"
	"io"
	"os"
	"sync"
	"syscall"
)

// interrupts turns signals into what a command can listen to. A signal ends its
// context, but for the first one while changes are in flight: that closes drain.
type interrupts struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	drain  chan struct{}
	notice io.Writer

	mu       sync.Mutex
	inFlight bool
	status   func() string // says what is in flight
	hungUp   bool          // there was a SIGHUP
}

func newInterrupts(signals <-chan os.Signal, notice io.Writer) *interrupts {
	i := &interrupts{drain: make(chan struct{}), notice: notice}
	i.ctx, i.cancel = context.WithCancelCause(context.Background())
	go i.listen(signals)
	return i
}

func (i *interrupts) listen(signals <-chan os.Signal) {
	for {
		select {
		case s := <-signals:
			i.signal(s)
		case <-i.ctx.Done():
			return
		}
	}
}

// signal takes a signal. A terminal that goes away tells it twice, itself and by its
// shell, so a second SIGHUP is no second interrupt.
func (i *interrupts) signal(s os.Signal) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.hungUp && s == syscall.SIGHUP:
		return
	case s == syscall.SIGHUP:
		i.hungUp = true
	}
	if !i.inFlight {
		i.cancel(errInterrupted)
		return
	}
	i.inFlight = false
	close(i.drain)
	_, _ = io.WriteString(i.notice, "Interrupted: starting nothing new, finishing what is in flight. Interrupt again to leave at once.\n"+
		"In flight: "+i.status()+".\n")
}

// begin says that changes are in flight from here on, and who can tell which. It may
// be called once.
func (i *interrupts) begin(status func() string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.inFlight, i.status = true, status
}

func (i *interrupts) stop() { i.cancel(nil) }

// explain makes of an error that an interrupt has caused just that.
func (i *interrupts) explain(err error) error {
	if err != nil && context.Cause(i.ctx) == errInterrupted {
		return errInterrupted
	}
	return err
}
