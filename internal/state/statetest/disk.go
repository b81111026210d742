// Package statetest has what the drivers of internal/state are tested with: the
// contract that each passes, and a disk that loses what a crash would lose.
package statetest

import (
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
)

// Disk is a state.Disk in memory. Its zero value is empty.
type Disk struct {
	// Before is asked before each "append", "sync", "replace" and "remove"; its
	// error is what that fails with. nil lets all go ahead.
	Before func(op, name string) error

	mu    sync.Mutex
	files map[string]*file
	locks map[string]*lock
}

type file struct {
	safe, unsynced []byte
	written        time.Time
}

// lock is held by one alone, or by some together.
type lock struct {
	alone  bool
	shares int
}

// Crash loses what was not synced, but for a torn piece of it: so many thousandths.
// The locks of the process that died are free.
func (d *Disk) Crash(thousandths int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.files {
		f.safe = append(f.safe, f.unsynced[:len(f.unsynced)*thousandths/1000]...)
		f.unsynced = nil
	}
	d.locks = nil
}

// Safe is what a crash would leave of a file.
func (d *Disk) Safe(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.files[name]; f != nil {
		return slices.Clone(f.safe)
	}
	return nil
}

func (d *Disk) Path(name string) string { return "disk/" + name }

func (d *Disk) Read(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[name]
	if f == nil {
		return nil, nil
	}
	return slices.Concat(f.safe, f.unsynced), nil
}

func (d *Disk) Append(name string) (state.Log, error) { return log{d, name}, nil }

func (d *Disk) Replace(name string, data []byte) error {
	return d.write("replace", name, func(f *file) { f.safe, f.unsynced = slices.Clone(data), nil })
}

func (d *Disk) Remove(name string) error {
	if data, _ := d.Read(name); data == nil {
		return nil
	}
	return d.write("remove", name, func(*file) { delete(d.files, name) })
}

func (d *Disk) List() (list []state.Listed, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		list = append(list, state.Listed{Name: name, Written: d.files[name].written})
	}
	return list, nil
}

func (d *Disk) Note(string, []byte) error { return nil }

func (d *Disk) Lock(name string, shared bool) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.locks[name]
	if l == nil {
		l = &lock{}
	}
	if l.alone || !shared && l.shares > 0 {
		return nil, nil
	}
	if d.locks == nil {
		d.locks = make(map[string]*lock)
	}
	d.locks[name] = l
	if shared {
		l.shares++
	} else {
		l.alone = true
	}
	return &unlock{disk: d, lock: l, shared: shared}, nil
}

// unlock gives a lock back, once.
type unlock struct {
	disk   *Disk
	lock   *lock
	shared bool
	done   bool
}

func (u *unlock) Close() error {
	u.disk.mu.Lock()
	defer u.disk.mu.Unlock()
	switch {
	case u.done:
	case u.shared:
		u.lock.shares--
	default:
		u.lock.alone = false
	}
	u.done = true
	return nil
}

// write changes a file, or fails as Before says.
func (d *Disk) write(op, name string, change func(*file)) error {
	if d.Before != nil {
		if err := d.Before(op, name); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files == nil {
		d.files = make(map[string]*file)
	}
	if d.files[name] == nil {
		d.files[name] = &file{}
	}
	d.files[name].written = time.Now()
	change(d.files[name])
	return nil
}

// log is a file as it is appended to.
type log struct {
	disk *Disk
	name string
}

func (l log) Write(data []byte) (int, error) {
	err := l.disk.write("append", l.name, func(f *file) { f.unsynced = append(f.unsynced, data...) })
	if err != nil {
		return 0, err
	}
	return len(data), nil
}

func (l log) Sync() error {
	return l.disk.write("sync", l.name, func(f *file) { f.safe, f.unsynced = append(f.safe, f.unsynced...), nil })
}

func (l log) Close() error { return nil }
