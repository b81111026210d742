package state

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
)

// record is one line of a journal.
type record struct {
	Intent *apply.Intent `json:"intent,omitempty"`
	Closed string        `json:"closed,omitempty"` // key of an intent, of this journal or another
	Why    string        `json:"why,omitempty"`    // what became of it, for people
	Deed   *deeds.Deed   `json:"deed,omitempty"`
	Mark   *rollout.Mark `json:"mark,omitempty"`
}

// key tells intents apart: one name has one create under way at a time.
func key(i apply.Intent) string {
	return strings.Join([]string{i.Endpoint, i.Account, i.Name, i.At.UTC().Format(time.RFC3339Nano)}, " ")
}

// parse reads a journal. A last line without its end was never synced, and nothing
// was sent for it.
func parse(data []byte) (entries, error) {
	e := noEntries()
	in := bufio.NewReader(bytes.NewReader(data))
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return e, nil
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil || !r.complete() {
			return e, fmt.Errorf("line %d is damaged", n)
		}
		e.take(r)
	}
}

// complete reports whether a record says one thing.
func (r record) complete() bool {
	n := 0
	for _, said := range []bool{r.Intent != nil, r.Closed != "", r.Deed != nil, r.Mark != nil && r.Mark.Complete()} {
		if said {
			n++
		}
	}
	return n == 1
}

func (e *entries) take(r record) {
	_, own := e.open[r.Closed]
	switch {
	case r.Intent != nil:
		e.open[key(*r.Intent)] = *r.Intent
	case r.Deed != nil:
		e.deeds = append(e.deeds, *r.Deed)
	case r.Mark != nil:
		e.marks = append(e.marks, *r.Mark)
	case own:
		delete(e.open, r.Closed)
	default:
		e.resolved[r.Closed] = true
	}
}

// encode writes a journal that says no more than these entries.
func encode(e entries) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b) // a buffer takes everything
	for _, i := range sorted(e.open) {
		enc.Encode(record{Intent: &i})
	}
	for _, k := range slices.Sorted(maps.Keys(e.resolved)) {
		enc.Encode(record{Closed: k})
	}
	for _, d := range e.deeds {
		enc.Encode(record{Deed: &d})
	}
	for _, m := range e.marks {
		enc.Encode(record{Mark: &m})
	}
	return b.Bytes()
}

// sorted are intents in the order in which they were begun.
func sorted(open map[string]apply.Intent) []apply.Intent {
	return slices.SortedFunc(maps.Values(open), func(a, b apply.Intent) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(key(a), key(b)))
	})
}

// journal appends to a log. It is safe for concurrent use: records that are written
// while a sync is under way share the next one, so many at once cost little more
// than one.
type journal struct {
	open func() (Log, error)

	mu      sync.Mutex
	log     Log   // nil before the first record
	written int   // records appended
	broken  error // why nothing can be written any more

	syncing sync.Mutex
	synced  int // records known to be durable
}

// append writes one record and returns how many have been written. After a failure
// the end of the log is unknown, so nothing more is written.
func (j *journal) append(r record) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	line, err := json.Marshal(r)
	if err == nil {
		err = j.broken
	}
	if err == nil && j.log == nil {
		j.log, err = j.open()
	}
	if err == nil {
		_, err = j.log.Write(append(line, '\n'))
	}
	if err != nil {
		j.broken = err
		return 0, err
	}
	j.written++
	return j.written, nil
}

// sync makes the first n records durable.
func (j *journal) sync(n int) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	if j.synced >= n {
		return nil
	}
	j.mu.Lock()
	written, log := j.written, j.log
	j.mu.Unlock()
	err := log.Sync()
	if err != nil {
		j.mu.Lock()
		j.broken = err
		j.mu.Unlock()
		return err
	}
	j.synced = written
	return nil
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.log == nil {
		return nil
	}
	err := j.log.Close()
	j.log = nil
	return err
}
