package binary_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
)

// intents counts, over all runs of a world, the intents that were written down. A
// run drops closed ones from the journal, so it is read after each.
type intents struct {
	world *world
	known map[string]bool
	count map[string]int // by name
}

func (w *world) newIntents() *intents {
	return &intents{world: w, known: map[string]bool{}, count: map[string]int{}}
}

func (w *world) journal() string {
	w.Helper()
	found, err := filepath.Glob(filepath.Join(w.dir, "state", "fleet", "*.journal"))
	if err != nil || len(found) > 1 {
		w.Fatalf("journals: %q, %v", found, err)
	}
	if len(found) == 0 {
		return filepath.Join(w.dir, "state", "fleet", "none.journal") // the run died before
	}
	return found[0]
}

func key(i apply.Intent) string { return i.Name + i.At.UTC().Format(time.RFC3339Nano) }

// add counts the intents of the run that has just ended.
func (n *intents) add() {
	n.world.Helper()
	data, _ := os.ReadFile(n.world.journal()) // there may be none yet
	for line := range bytes.Lines(data) {
		var record struct{ Intent *apply.Intent }
		if json.Unmarshal(line, &record) != nil || record.Intent == nil {
			continue // closed, or cut short
		}
		if i := *record.Intent; !n.known[key(i)] {
			n.known[key(i)] = true
			n.count[i.Name]++
		}
	}
}

// open are the intents that the journal holds open.
func (w *world) open() []apply.Intent {
	w.Helper()
	found, err := state.InFile(w.journal()).Intents(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return found
}

// age lets the open intents whose create made nothing be older by d, as if the
// next run came later. It tells how many those are; whoever waits for the others
// to grow old would not be let off so.
func (n *intents) age(d time.Duration) int {
	w := n.world
	w.Helper()
	named, aged := w.named(), 0
	var journal bytes.Buffer
	out := json.NewEncoder(&journal)
	for _, i := range w.open() {
		if named[i.Name] == 0 {
			i.At = i.At.Add(-d)
			n.known[key(i)] = true
			aged++
		}
		if err := out.Encode(map[string]apply.Intent{"intent": i}); err != nil {
			w.Fatal(err)
		}
	}
	if aged > 0 {
		if err := os.WriteFile(w.journal(), journal.Bytes(), 0o600); err != nil {
			w.Fatal(err)
		}
	}
	return aged
}

// want holds the wire against the journal: no create without an intent of its own.
func (n *intents) want() {
	n.world.Helper()
	for name, sent := range n.world.creates() {
		if sent > n.count[name] {
			n.world.Errorf("%d creates of %s were sent for %d intents", sent, name, n.count[name])
		}
	}
}
