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
	said map[string]time.Time // by the kind of trouble
}

func newWaitingNotice(w io.Writer) *waitingNotice {
	return &waitingNotice{w: w, said: map[string]time.Time{}}
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
	fresh := n.say(answered(wait), waitingText(wait, now))
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
	const kind = "no answer yet"
	since, done := time.Now(), make(chan struct{})
	go func() {
		next := time.NewTimer(sayWithin)
		defer next.Stop()
		for {
			select {
			case <-done:
				return
			case now := <-next.C:
				n.say(kind, waitingFor("the API", since, now, kind))
				next.Reset(sayAgain)
			}
		}
	}()
	return func() { close(done) }
}

// state tells of a state that does not answer.
func (n *waitingNotice) state(place string, since time.Time) {
	n.say(place, waitingFor("the state in "+render.Escape(place), since, time.Now(), "no answer yet"))
}

// say writes a line unless the last of its kind is fresh in mind, and tells for how
// long one will be.
func (n *waitingNotice) say(kind, text string) (fresh time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if last := now.Sub(n.said[kind]); last < sayAgain {
		return sayAgain - last
	}
	n.said[kind] = now
	_, _ = io.WriteString(n.w, text+"\n")
	return sayAgain
}

// waitingText says since when the API is waited for, what it answered and when it is
// asked again.
func waitingText(wait vpsorg.Wait, now time.Time) string {
	try := "next"
	if wait.Attempt > 0 {
		try = ordinal(wait.Attempt)
	}
	text := fmt.Sprintf("%s; %s try", waitingFor("the API", wait.Since, now, answered(wait)), try)
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
