package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	sayWithin = 2 * time.Second  // no wait is longer before it is told
	sayAgain  = 10 * time.Second // how often it is told while it lasts
)

// waitingNotice tells people that something is waited for. Requests side by side meet
// the same trouble, so each kind of trouble is a line, again after a while.
type waitingNotice struct {
	w io.Writer

	mu   sync.Mutex
	said map[render.Trouble]time.Time
}

func newWaitingNotice(w io.Writer) *waitingNotice {
	return &waitingNotice{w: w, said: map[render.Trouble]time.Time{}}
}

// tell is told of a pause before a request is sent again, and tells of it while it lasts.
func (n *waitingNotice) tell(wait vpsorg.Wait) {
	now := time.Now()
	if wait.Since.IsZero() {
		wait.Since = now
	}
	if now.Add(wait.Pause).Sub(wait.Since) < sayWithin {
		return
	}
	t := troubleOf(wait)
	fresh := n.say(t, render.Waiting(t, wait.Since, now)+"; "+render.NextTry(wait.Attempt, wait.Pause))
	if wait.Pause > fresh {
		time.AfterFunc(fresh, func() {
			wait.Pause -= fresh
			n.tell(wait)
		})
	}
}

// sending is told that a request leaves, and tells of it while it has no answer. What it
// returns is told that it has ended.
func (n *waitingNotice) sending() (ended func()) {
	since, done := time.Now(), make(chan struct{})
	go func() {
		next := time.NewTimer(sayWithin)
		defer next.Stop()
		for {
			select {
			case <-done:
				return
			case now := <-next.C:
				n.say(render.Trouble{}, render.Waiting(render.Trouble{}, since, now))
				next.Reset(sayAgain)
			}
		}
	}()
	return func() { close(done) }
}

// state tells of a state that does not answer.
func (n *waitingNotice) state(place string, since time.Time) {
	t := render.Trouble{State: place}
	n.say(t, render.Waiting(t, since, time.Now()))
}

// say writes a line unless the last of this trouble is fresh in mind, and tells for how
// long one will be.
func (n *waitingNotice) say(t render.Trouble, text string) (fresh time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if last := now.Sub(n.said[t]); last < sayAgain {
		return sayAgain - last
	}
	n.said[t] = now
	_, _ = io.WriteString(n.w, text+"\n")
	return sayAgain
}

// troubleOf is why a request is sent again.
func troubleOf(wait vpsorg.Wait) render.Trouble {
	switch {
	case errors.Is(wait.Err, context.DeadlineExceeded):
		return render.Trouble{Answer: render.TooLate}
	case wait.Status == 0:
		return render.Trouble{Answer: render.NoAnswer, Cause: innermost(wait.Err)}
	case wait.Status/100 == 2:
		return render.Trouble{Answer: render.Unusable}
	}
	return render.Trouble{Answer: render.Refused, Status: strings.TrimSpace(fmt.Sprint(wait.Status, " ", http.StatusText(wait.Status)))}
}

// innermost is what an error is about, without who met it and where: of a connection
// that failed the system's own words.
func innermost(err error) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	if err == nil {
		return ""
	}
	return err.Error()
}
