package simulator

import (
	"context"
	"errors"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// store is where a process keeps its state.
func (p *process) store() apply.Store {
	if p.sim.store != nil {
		return state.InBackend(backend{p.sim.store, p})
	}
	return state.OnDisk(disk{p.sim.disk, p})
}

var errDiskFull = errors.New("no space left on device")

// disk is the simulation's disk as one process writes to it: it counts the writes,
// and after the process has died nothing that it still does reaches the disk.
type disk struct {
	*statetest.Disk
	process *process
}

func (d disk) Append(name string) (state.Log, error) {
	file, err := d.Disk.Append(name)
	return log{file, d.process}, err
}

func (d disk) Replace(name string, data []byte) error {
	return d.process.write(func() error { return d.Disk.Replace(name, data) })
}

func (d disk) Remove(name string) error {
	if data, err := d.Read(name); data == nil {
		return err
	}
	return d.process.write(func() error { return d.Disk.Remove(name) })
}

// log is a file that a process appends to.
type log struct {
	state.Log
	process *process
}

func (l log) Write(data []byte) (int, error) {
	return len(data), l.process.write(func() error { _, err := l.Log.Write(data); return err })
}

func (l log) Sync() error { return l.process.write(l.Log.Sync) }

// write carries one write out, unless the process dies just before it, or the disk
// is full. A death just after it is one just before the next.
func (p *process) write(do func() error) error {
	p.sim.mu.Lock()
	p.writes++
	n, full := p.writes, p.sim.diskFull
	p.sim.mu.Unlock()
	if p.crash.atWrite == n {
		p.die("before write %d of the state", n)
	}
	switch {
	case p.dead.Load():
		return errDead
	case p.frozen.Load():
		return nil
	case full:
		p.sim.fire(diskFull)
		return errDiskFull
	}
	return do()
}

// safe is a copy of the disk as a crash would leave it.
func (s *simulation) safe() *statetest.Disk {
	safe := &statetest.Disk{}
	files, _ := s.disk.List() // memory never fails
	for _, f := range files {
		_ = safe.Replace(f.Name, s.disk.Safe(f.Name))
	}
	return safe
}

// safeIntents are the intents that a crash would leave open.
func (s *simulation) safeIntents() []apply.Intent {
	if s.store != nil {
		return s.store.intents()
	}
	open, err := state.OnDisk(s.safe()).Intents(context.Background())
	if err != nil {
		s.violate("I2", "the journal cannot be read: %s", err)
	}
	return open
}
