package apply

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

	"github.com/vps-fleet/fleet/planner"
)

// key tells intents apart: one name has one create under way at a time.
func (i Intent) key() string {
	return strings.Join([]string{i.Endpoint, i.Account, i.Name, i.At.UTC().Format(time.RFC3339Nano)}, " ")
}

// Journal remembers on disk which creates may have made a server that nobody has
// seen yet. It is never asked what exists: only whether a create may be sent, or
// whether one that was sent before has to be settled first. It is safe for
// concurrent use. A nil Journal remembers nothing.
type Journal struct {
	storage Storage

	mu      sync.Mutex
	pending intents
	written int   // records appended
	broken  error // why nothing can be written any more

	syncing sync.Mutex
	synced  int // records known to be on disk
}

// intents are open intents by key.
type intents map[string]Intent

// sorted is in the order in which they were begun.
func (in intents) sorted() []Intent {
	return slices.SortedFunc(maps.Values(in), func(a, b Intent) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.key(), b.key()))
	})
}

// Storage is where a journal is kept. What was appended is sure to last only
// after Sync.
type Storage interface {
	Read() ([]byte, error) // nothing, where there is no journal yet
	Append(line []byte) error
	Sync() error
	Rewrite(all []byte) error // atomically, and sure to last
}

// record is one line of the journal.
type record struct {
	Intent *Intent `json:"intent,omitempty"`
	Closed string  `json:"closed,omitempty"` // key of an intent
	Why    string  `json:"why,omitempty"`    // what became of it
}

// NewJournal reads a journal to write on. It drops what is closed and a last line
// that a crash cut short: nothing was sent for that.
func NewJournal(s Storage) (*Journal, error) {
	data, err := s.Read()
	if err != nil {
		return nil, err
	}
	pending, err := readIntents(data)
	if err != nil {
		return nil, err
	}
	j := &Journal{storage: s, pending: pending}
	if compact := encodeIntents(pending.sorted()); !bytes.Equal(compact, data) {
		err = s.Rewrite(compact)
	}
	return j, err
}

// ReadIntents reads which intents of a journal are open, and changes nothing.
func ReadIntents(s Storage) ([]Intent, error) {
	data, err := s.Read()
	if err != nil {
		return nil, err
	}
	open, err := readIntents(data)
	return open.sorted(), err
}

func readIntents(data []byte) (intents, error) {
	open := make(intents)
	in := bufio.NewReader(bytes.NewReader(data))
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return open, nil // a line without its end was never synced
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil || (r.Intent == nil) == (r.Closed == "") {
			return nil, fmt.Errorf("line %d of the journal of creates is damaged\nhint: look at the servers it may be about, then move the journal away", n)
		}
		if r.Intent != nil {
			open[r.Intent.key()] = *r.Intent
			continue
		}
		delete(open, r.Closed)
	}
}

func encodeIntents(intents []Intent) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for i := range intents {
		enc.Encode(record{Intent: &intents[i]}) // a buffer takes everything
	}
	return b.Bytes()
}

// Pending are the open intents of one account.
func (j *Journal) Pending(endpoint, account string) []Intent {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(j.pending.sorted(), func(i Intent) bool { return i.Endpoint != endpoint || i.Account != account })
}

// Settle closes the intents whose server is there: exactly one of the name, with
// the plan, os and location that were sent. An answer of the API is not enough to
// close one: while no list shows the server yet, another run would make it again.
func (j *Journal) Settle(o planner.Observation) {
	if j == nil {
		return
	}
	open := j.Pending(o.Endpoint, o.Account)
	if len(open) == 0 {
		return
	}
	named := make(map[string][]planner.Server)
	for _, s := range o.Servers {
		named[s.Name] = append(named[s.Name], s)
	}
	for _, i := range open {
		if found := named[i.Name]; len(found) == 1 && i.Fits(found[0]) {
			j.close(i, "made "+found[0].ID)
		}
	}
}

// begin writes an intent down. When it returns nil the intent is on disk; with
// any error nothing may be sent.
func (j *Journal) begin(i Intent) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	err := j.append(record{Intent: &i})
	if err == nil {
		j.pending[i.key()] = i
	}
	mine := j.written
	j.mu.Unlock()
	if err != nil {
		return err
	}
	return j.sync(mine)
}

// close writes down what became of an intent. It need not last: an intent that is
// still open after a crash is settled again.
func (j *Journal) close(i Intent, why string) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.pending, i.key())
	j.append(record{Closed: i.key(), Why: why})
}

// append writes one record; the lock is held. After a failure the end of the
// journal is unknown, so nothing more is written.
func (j *Journal) append(r record) error {
	if j.broken != nil {
		return j.broken
	}
	line, err := json.Marshal(r)
	if err == nil {
		err = j.storage.Append(append(line, '\n'))
	}
	if err != nil {
		j.broken = err
		return err
	}
	j.written++
	return nil
}

// sync makes the first n records last. Records that were appended meanwhile are
// synced along, so many at once cost little more than one.
func (j *Journal) sync(n int) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	if j.synced >= n {
		return nil
	}
	j.mu.Lock()
	written := j.written
	j.mu.Unlock()
	err := j.storage.Sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.broken = err
		return err
	}
	j.synced = written
	return nil
}
