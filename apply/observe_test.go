package apply_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

func TestObserveReadsAgainWhatWasStale(t *testing.T) {
	var e *emulator.Emulator
	var once sync.Once
	e = &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if strings.HasSuffix(r.URL.Path, "/servers/1/") {
			once.Do(func() { e.Remove("1") })
		}
		return nil
	}}
	inWorld(t, e, func(w *world) {
		w.add("1", "x", "active")
		w.add("2", "y", "active")
		p := w.plan("servers: {x: {backups_enabled: true, plan: 1, os: 5, location: us-west}, y: {backups_enabled: true}}")
		if got := outline(p); !strings.HasPrefix(got, "create x") || !strings.Contains(got, "update y") {
			t.Errorf("got %s", got)
		}
	})
}

func TestPlanReadsOnly(t *testing.T) {
	inWorld(t, &emulator.Emulator{PageSize: 20}, func(w *world) {
		for _, id := range strings.Fields("1 2 3") {
			w.add(id, "s"+id, "active")
		}
		w.plan("owns: ['*']\nunlisted: delete\nservers: {s1: {plan: premium, replace: create-first, backups_enabled: true}, n: {plan: 1, os: 5, location: us-west}}")
		var got []string
		for _, e := range w.emulator.Ledger() {
			got = append(got, e.Method+" "+e.Path)
		}
		slices := strings.Join(got, "\n")
		if len(got) != 4 || strings.Contains(slices, "POST") {
			t.Errorf("a plan sent\n%s", slices)
		}
	})
}
