package cli

import (
	"net/http"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/vpsorg"
)

// callCount counts the requests of a run.
type callCount struct {
	mu                 sync.Mutex
	byKind             map[vpsorg.Kind]int
	throttled, retried int
	quickest           time.Duration // answer to a GET; 0: there was none
}

func (n *callCount) add(c vpsorg.Call) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byKind == nil {
		n.byKind = make(map[vpsorg.Kind]int)
	}
	n.byKind[c.Kind]++
	if c.Status == http.StatusTooManyRequests {
		n.throttled++
	}
	if c.Attempt > 1 {
		n.retried++
	}
	if c.Method == http.MethodGet && c.Status == http.StatusOK && (n.quickest == 0 || c.Duration < n.quickest) {
		n.quickest = c.Duration
	}
}

// latency is that of an answer, as far as one can tell: the others took longer
// because they were long themselves, or because their connection was new.
func (n *callCount) latency() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.quickest
}

// sent is what was counted until now.
func (n *callCount) sent() render.Requests {
	n.mu.Lock()
	defer n.mu.Unlock()
	sent := render.Requests{Throttled: n.throttled, Retried: n.retried}
	for _, k := range vpsorg.Kinds {
		sent.Kinds = append(sent.Kinds, render.KindCount{Kind: k.String(), Count: n.byKind[k]})
	}
	return sent
}

// noteCall counts and logs a request: never its headers or body.
func (s *session) noteCall(c vpsorg.Call) {
	s.calls.add(c)
	s.log.Debug().Stringer("kind", c.Kind).Str("method", c.Method).Str("path", c.Path).Int("status", c.Status).
		Int("attempt", c.Attempt).Dur("duration", c.Duration).Err(c.Err).Msg("request")
}

// tellCalls tells people what was sent.
func (s *session) tellCalls() { s.tell(s.calls.sent().Line(s.style(s.people()))) }
