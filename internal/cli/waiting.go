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

// waitingNotice tells people that the API is waited for. Requests side by side meet the
// same trouble, so each kind of trouble is a line, again after a while.
type waitingNotice struct {
	w io.Writer

	mu    sync.Mutex
	said  map[string]time.Time // by what was answered
	again *time.Timer          // tells of a wait that goes on; nil where there is none
}

func newWaitingNotice(w io.Writer) *waitingNotice {
	return &waitingNotice{w: w, said: map[string]time.Time{}}
}

// tell is told of a pause before a request is sent again.
func (n *waitingNotice) tell(wait vpsorg.Wait) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if wait.Since.IsZero() {
		wait.Since = now
	}
	if now.Add(wait.Pause).Sub(wait.Since) < sayWithin {
		return
	}
	n.say(wait, now)
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
				n.unanswered(since, now)
				next.Reset(sayAgain)
			}
		}
	}()
	return func() { close(done) }
}

// unanswered tells of a request that has no answer yet, unless another is fresh in mind.
func (n *waitingNotice) unanswered(since, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.unlessFresh("no answer yet", now, waitingFor("the API", since, now, "no answer yet"))
}

// state tells of a state that does not answer.
func (n *waitingNotice) state(place string, since time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.unlessFresh(place, time.Now(), waitingFor("the state in "+render.Escape(place), since, time.Now(), "no answer yet"))
}

// unlessFresh writes a line unless the last of its kind is fresh in mind, and reports
// for how long that will be so. The caller has the lock.
func (n *waitingNotice) unlessFresh(kind string, now time.Time, text string) (fresh time.Duration) {
	if last := now.Sub(n.said[kind]); last < sayAgain {
		return sayAgain - last
	}
	n.said[kind] = now
	_, _ = io.WriteString(n.w, text+"\n")
	return sayAgain
}

// over is told that a request has ended: what goes on is told of anew.
func (n *waitingNotice) over() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.again != nil {
		n.again.Stop()
		n.again = nil
	}
}

// say tells of a wait unless it is still fresh in mind, and sees to it that it is told
// again. The caller has the lock.
func (n *waitingNotice) say(wait vpsorg.Wait, now time.Time) {
	pause := n.unlessFresh(answered(wait), now, waitingText(wait, now))
	if n.again != nil {
		n.again.Stop()
	}
	n.again = time.AfterFunc(pause, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.again != nil {
			wait.Pause -= pause
			n.say(wait, time.Now())
		}
	})
}

// waitingText says since when the API is waited for, what it answered and when it is
// asked again.
func waitingText(wait vpsorg.Wait, now time.Time) string {
	text := waitingFor("the API", wait.Since, now, answered(wait)) + "; next try"
	if wait.Attempt > 0 {
		text = fmt.Sprintf("%s; %s try", waitingFor("the API", wait.Since, now, answered(wait)), ordinal(wait.Attempt))
	}
	if wait.Pause >= time.Second {
		text += " in " + wait.Pause.Round(time.Second).String()
	}
	return text
}

// waitingFor says since when something is waited for, and why.
func waitingFor(what string, since, now time.Time, why string) string {
	text := "waiting for " + what
	if now.Sub(since) >= time.Second {
		text += " since " + since.Local().Format(time.TimeOnly)
	}
	return text + " (" + why + ")"
}

// answered is what the API has answered that is no answer.
func answered(wait vpsorg.Wait) string {
	switch {
	case errors.Is(wait.Err, context.DeadlineExceeded):
		return "no answer in time, --request-timeout gives it longer"
	case wait.Status == 0:
		return "no answer"
	case wait.Status/100 == 2:
		return "no usable answer"
	}
	return strings.TrimSpace(fmt.Sprint(wait.Status, " ", http.StatusText(wait.Status)))
}

func ordinal(n int) string {
	words := []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n <= len(words) {
		return words[n-1]
	}
	return fmt.Sprintf("%dth", n) // a request is not tried so often that 21st would come up
}
