package emulator

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// firstID is the id of the first server, as in the documentation's example.
const firstID = 12345

// world is the account's servers. What a record points to is replaced and never
// written through, so a copy of a record stays as it was.
type world struct {
	Made    int       `json:"made"`    // servers ever put in place, the source of ids and addresses
	Charged int       `json:"charged"` // creates ever paid for
	Servers []*record `json:"servers"` // by serial, which is also the order of lists

	byID  map[vpsorg.ID]*record
	names map[string]int // how many servers have a name
}

// record is a server and where it is going.
type record struct {
	vpsorg.Server
	Serial  int           `json:"serial"`
	Then    vpsorg.Status `json:"then,omitempty"`   // the status that the transition ends in
	Settles time.Time     `json:"settles,omitzero"` // when it does
	Ordered time.Time     `json:"ordered,omitzero"` // when a request created it
	Halted  time.Time     `json:"halted,omitzero"`  // when a request stopped or rebooted it last
	Booted  time.Time     `json:"booted,omitzero"`  // when it last became active in the course of a transition

	changed time.Time // when it was last changed
}

// after is the status that each transition ends in.
var after = map[vpsorg.Status]vpsorg.Status{
	vpsorg.StatusProvisioning: vpsorg.StatusActive,
	vpsorg.StatusStarting:     vpsorg.StatusActive,
	vpsorg.StatusStopping:     vpsorg.StatusStopped,
	vpsorg.StatusRebooting:    vpsorg.StatusActive,
}

// begin puts a record into a status; a transition ends after its time.
func (e *Emulator) begin(r *record, status vpsorg.Status, now time.Time) {
	took := duration(e.Transition, time.Second)
	switch {
	case status == vpsorg.StatusProvisioning && e.ProvisioningOf != nil:
		took = e.ProvisioningOf(r.Serial)
	case status == vpsorg.StatusProvisioning:
		took = duration(e.Provisioning, 3*time.Second)
	}
	r.Status, r.Then, r.Settles = status, e.next(status), time.Time{}
	if r.Then != "" {
		r.Settles = now.Add(took)
	}
}

// first is the status of a server that was just created.
func (e *Emulator) first() vpsorg.Status {
	return append(slices.Clip(e.Queue), vpsorg.StatusProvisioning)[0]
}

// next is the status that a transition leads to; "" where a status is none.
func (e *Emulator) next(status vpsorg.Status) vpsorg.Status {
	switch at := slices.Index(e.Queue, status); {
	case at < 0:
		return after[status]
	case at+1 < len(e.Queue):
		return e.Queue[at+1]
	}
	return vpsorg.StatusProvisioning
}

func duration(option, standard time.Duration) time.Duration {
	if option == 0 {
		return standard
	}
	return max(option, 0)
}

// settle ends a record's transitions whose time has come.
func (e *Emulator) settle(r *record, now time.Time) {
	for r.Then != "" && !now.Before(r.Settles) {
		at := r.Settles
		e.keep(r, at)
		if r.Status == vpsorg.StatusProvisioning && r.IPAddress == nil {
			r.address()
		}
		e.begin(r, r.Then, at)
		if r.Status == vpsorg.StatusActive {
			r.Booted = at
		}
		r.UpdatedAt = stamp(at)
	}
}

// address gives a record its addresses out of the ranges for benchmarks and
// documentation; the IPv4 ones repeat after 131,070 servers.
func (r *record) address() {
	var v4 [4]byte
	binary.BigEndian.PutUint32(v4[:], 198<<24|18<<16+uint32(1+r.Serial%(1<<17-2)))
	v6 := [16]byte{0x20, 0x01, 0x0d, 0xb8}
	binary.BigEndian.PutUint64(v6[8:], uint64(1+r.Serial))
	r.IPAddress = new(netip.AddrFrom4(v4).String())
	if r.IPv6Address == nil {
		r.IPv6Address = new(netip.AddrFrom16(v6).String())
	}
}

// serial takes the next serial number and the id that goes with it.
func (w *world) serial(uuids bool) (int, vpsorg.ID) {
	for {
		serial := w.Made
		w.Made++
		id := vpsorg.ID(strconv.Itoa(firstID + serial))
		if uuids {
			id = vpsorg.ID(fmt.Sprintf("5e7e0000-0000-4000-8000-%012x", firstID+serial))
		}
		if w.byID[id] == nil {
			return serial, id
		}
	}
}

// insert puts a record in place, last. Its id must be new.
func (w *world) insert(r *record) {
	if w.byID == nil {
		w.byID, w.names = map[vpsorg.ID]*record{}, map[string]int{}
	}
	w.Servers = append(w.Servers, r)
	w.byID[r.ID] = r
	w.names[r.Name]++
}

func (w *world) rename(r *record, name string) {
	w.names[r.Name]--
	w.names[name]++
	r.Name = name
}

// find returns the record of an id as it is now, or nil.
func (e *Emulator) find(id vpsorg.ID, now time.Time) *record {
	r := e.world.byID[id]
	if r != nil {
		e.settle(r, now)
	}
	return r
}

func (w *world) remove(r *record) {
	at, _ := slices.BinarySearchFunc(w.Servers, r.Serial, func(r *record, serial int) int { return r.Serial - serial })
	w.Servers = slices.Delete(w.Servers, at, at+1)
	delete(w.byID, r.ID)
	w.names[r.Name]--
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
