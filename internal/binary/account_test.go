package binary_test

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// An API that does not tell the account once, or for the first time, changes nothing
// about what is locked, nor about what an earlier run has left in doubt.
func TestAccountThatIsNotAlwaysTold(t *testing.T) {
	for name, told := range map[string]bool{"known, then unknown": true, "unknown, then known": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var silent, lose atomic.Bool
			silent.Store(!told)
			lose.Store(true)
			w := newWorld(t, &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
				switch {
				case silent.Load() && strings.HasSuffix(r.URL.Path, "/account/me/"):
					return &emulator.Fault{Answer: &emulator.Answer{Status: 404, Body: `{"detail": "Not found."}`}}
				case r.Method == http.MethodPost && lose.Load():
					return &emulator.Fault{Drop: true}
				}
				return nil
			}}, servers(1))
			arrived, goOn := make(chan struct{}), make(chan struct{})
			release := sync.OnceFunc(func() { close(goOn) })
			t.Cleanup(release)
			first := sync.OnceFunc(func() {
				close(arrived)
				<-goOn
			})
			w.onRequest(func(r *http.Request) {
				if r.Method == http.MethodPost && silent.Load() != told {
					first()
				}
			})
			p := w.start(nil, applying()...)
			<-arrived
			silent.Store(told)
			w.run(applying()...).want(t, 1, "another apply of this account is under way: process")
			p.signal(os.Kill)
			p.wait()
			release()
			w.settleWire()
			w.onRequest(nil)
			lose.Store(false)
			w.newIntents().age(time.Hour)
			w.run("intents").want(t, 0, "web-001")
			w.run(applying()...).want(t, 0, "An earlier run ended without an answer to creates of web-001.")
			w.wantComplete(1)
			w.run("intents").want(t, 0, "No open intents.")
			silent.Store(!told)
			w.wantIdle()
		})
	}
}
