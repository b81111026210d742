package emulator

import (
	"slices"
	"strconv"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// What an administrator does to the world, for tests and the sandbox: none of it
// is a request, so none of it is in the ledger. Where the world is kept in a file and
// such a change could not be saved, the requests that follow are answered with 500.

// Servers returns every server as it really is, in full detail and in the order of
// creation, also those that lists do not show yet.
func (e *Emulator) Servers() []vpsorg.Server {
	now, leave := e.enter()
	defer leave()
	all := make([]vpsorg.Server, len(e.world.Servers))
	for i, r := range e.world.Servers {
		e.settle(r, now)
		all[i] = deepCopy(r.Server)
	}
	return all
}

// Add puts a server in place, which all lists show at once, and returns it as it now
// is. It chooses what is left out: an id, the status active, times, addresses, backups
// off; a plan and an OS that are offered need only their id. A transition runs its
// course. A server of the same id is removed.
func (e *Emulator) Add(s vpsorg.Server) vpsorg.Server { return e.AddAll(s)[0] }

// AddAll is Add for many servers, which are saved together.
func (e *Emulator) AddAll(servers ...vpsorg.Server) (added []vpsorg.Server) {
	defer e.save()
	now, leave := e.enter()
	defer leave()
	for _, s := range servers {
		added = append(added, e.add(s, now))
	}
	return added
}

// add puts one server in place. The lock is held.
func (e *Emulator) add(s vpsorg.Server, now time.Time) vpsorg.Server {
	if r := e.world.byID[s.ID]; r != nil {
		e.remove(r, now)
	}
	r := &record{Server: deepCopy(s)}
	var id vpsorg.ID
	r.Serial, id = e.world.serial(e.UUIDs)
	if r.ID == "" {
		r.ID = id
	} else if n, err := strconv.Atoi(string(r.ID)); err == nil && n < 1<<53 {
		e.world.Made = max(e.world.Made, n-firstID+1) // its id is not given again
	}
	e.complete(r, now)
	e.insert(r, now)
	return deepCopy(r.Server)
}

// complete fills in what a record was put in place without.
func (e *Emulator) complete(r *record, now time.Time) {
	if p := e.plan(r.Plan.ID); p != nil && r.Plan.Name == "" {
		r.Plan = serverPlan(p)
	}
	if o := e.os(r.OS.ID); o != nil && r.OS.Name == "" {
		r.OS = *o
	}
	if r.Status == "" {
		r.Status = vpsorg.StatusActive
	}
	e.begin(r, r.Status, now)
	if r.CreatedAt == "" {
		r.CreatedAt = stamp(now)
	}
	if r.UpdatedAt == "" {
		r.UpdatedAt = r.CreatedAt
	}
	r.detail()
	if r.IPAddress == nil && r.Status != vpsorg.StatusProvisioning && !slices.Contains(e.Queue, r.Status) {
		r.address()
	}
}

// detail fills in the details that every server has.
func (r *record) detail() {
	if r.BackupsEnabled == nil {
		r.BackupsEnabled = new(bool)
	}
	if r.ResourceUsage == nil {
		r.ResourceUsage = new(vpsorg.ResourceUsage)
	}
}

// Edit changes a server without a request, all but its id, and reports whether there
// was one. A status that change sets stays until something else changes it, even one
// of a transition; updated_at moves unless change moves it.
func (e *Emulator) Edit(id vpsorg.ID, change func(*vpsorg.Server)) bool {
	defer e.save()
	now, leave := e.enter()
	defer leave()
	r := e.find(id, now)
	if r == nil {
		return false
	}
	before, edited := r.Server, deepCopy(r.Server)
	change(&edited)
	edited.ID = before.ID
	e.change(r, now)
	e.world.rename(r, edited.Name)
	r.Server = deepCopy(edited)
	if edited.Status != before.Status {
		r.Then, r.Settles = "", time.Time{}
	}
	if edited.UpdatedAt == before.UpdatedAt {
		r.UpdatedAt = stamp(now)
	}
	r.detail()
	return true
}

// Remove takes a server away and reports whether there was one.
func (e *Emulator) Remove(id vpsorg.ID) bool {
	defer e.save()
	now, leave := e.enter()
	defer leave()
	r := e.world.byID[id]
	if r == nil {
		return false
	}
	e.remove(r, now)
	return true
}

// deepCopy shares no memory with s.
func deepCopy(s vpsorg.Server) vpsorg.Server {
	s.Hostname, s.IPAddress, s.IPv6Address = clone(s.Hostname), clone(s.IPAddress), clone(s.IPv6Address)
	s.BackupsEnabled, s.ResourceUsage = clone(s.BackupsEnabled), clone(s.ResourceUsage)
	return s
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}
