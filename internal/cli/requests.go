package cli

import (
	"net/http"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/vpsorg"
)

// requests counts what a run sends.
type requests struct {
	mu                 sync.Mutex
	byKind             map[vpsorg.Kind]int
	throttled, retried int
	quickest           time.Duration // answer to a GET; 0: there was none
}

func (n *requests) add(c vpsorg.Call) {
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
func (n *requests) latency() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.quickest
}

// of is how many requests of a kind were sent until now.
func (n *requests) of(k vpsorg.Kind) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byKind[k]
}

// sent is what was counted until now.
func (n *requests) sent() render.Requests {
	n.mu.Lock()
	defer n.mu.Unlock()
	sent := render.Requests{Throttled: n.throttled, Retried: n.retried}
	for _, k := range vpsorg.Kinds {
		sent.Kinds = append(sent.Kinds, render.KindCount{Kind: k.String(), Count: n.byKind[k]})
	}
	return sent
}
