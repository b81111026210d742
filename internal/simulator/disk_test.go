package simulator

import (
	"errors"
	"slices"
	"sync"
)

var errDiskFull = errors.New("write journal: no space left on device")

// disk is what outlives a process: a journal of which only what was synced is safe.
type disk struct {
	mu       sync.Mutex
	safe     []byte
	unsynced []byte
	full     bool // nothing can be written or synced
}

// contents is what a process would read after a crash.
func (d *disk) contents() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.safe)
}

// crash loses what was not synced, but for a torn piece of it: what per mille says.
func (d *disk) crash(perMille int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.safe = append(d.safe, d.unsynced[:len(d.unsynced)*perMille/1000]...)
	d.unsynced = nil
}

func (d *disk) setFull(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

// storage is the disk as one process sees it. After the process has died nothing
// it still does reaches the disk.
type storage struct{ *process }

func (s storage) Read() ([]byte, error) {
	d := s.sim.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Concat(d.safe, d.unsynced), nil
}

func (s storage) Append(line []byte) error {
	return s.write(func(d *disk) { d.unsynced = append(d.unsynced, line...) })
}

func (s storage) Sync() error {
	return s.write(func(d *disk) {
		d.safe = append(d.safe, d.unsynced...)
		d.unsynced = nil
	})
}

func (s storage) Rewrite(all []byte) error {
	return s.write(func(d *disk) { d.safe, d.unsynced = slices.Clone(all), nil })
}

// write carries one write out, unless the process dies just before it, or the disk
// is full. A death just after it is one just before the next.
func (s storage) write(do func(*disk)) error {
	d := s.sim.disk
	d.mu.Lock()
	s.writes++
	n := s.writes
	d.mu.Unlock()
	if s.crash.atWrite == n {
		s.die("before write %d of the journal", n)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case s.dead.Load():
		return errDead
	case s.frozen.Load():
		return nil
	case d.full:
		s.sim.fire(diskFull)
		return errDiskFull
	}
	do(d)
	return nil
}
