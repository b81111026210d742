package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	sayAgain     = 10 * time.Second // after which the same notice is worth another line
	shortPause   = 5 * time.Second  // throttling that asks for less is an ordinary part of a run
	fewThrottled = 3                // attempts, up to which the same holds
)

// waitingNotice tells people that the API is waited for: requests that are under
// way side by side meet the same trouble, so each notice is one line.
type waitingNotice struct {
	w io.Writer

	mu   sync.Mutex
	said map[string]time.Time
}

func newWaitingNotice(w io.Writer) *waitingNotice {
	return &waitingNotice{w: w, said: map[string]time.Time{}}
}

func (n *waitingNotice) tell(wait vpsorg.Wait) {
	if wait.Status == http.StatusTooManyRequests && wait.Pause < shortPause && wait.Attempt <= fewThrottled {
		return
	}
	text := waitingText(wait)
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if now.Sub(n.said[text]) < sayAgain {
		return
	}
	n.said[text] = now
	if !wait.Since.IsZero() && now.Sub(wait.Since) >= time.Second {
		text += ", since " + wait.Since.Local().Format(time.TimeOnly)
	}
	_, _ = io.WriteString(n.w, text+"\n")
}

func waitingText(wait vpsorg.Wait) string {
	why := fmt.Sprint(wait.Status)
	switch {
	case errors.Is(wait.Err, context.DeadlineExceeded):
		why = "no answer in time"
	case wait.Status == 0:
		why = "no answer"
	case wait.Status/100 == 2:
		why = "no usable answer"
	}
	text := fmt.Sprintf("waiting for the API (%s, %s try)", why, ordinal(wait.Attempt))
	if wait.Pause >= shortPause {
		text += " for " + wait.Pause.Round(time.Second).String()
	}
	return text
}

func ordinal(n int) string {
	words := []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n <= len(words) {
		return words[n-1]
	}
	return fmt.Sprintf("%dth", n) // a request is not tried so often that 21st would come up
}
