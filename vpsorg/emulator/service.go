package emulator

import (
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// Service is how what runs on a server behaves, of which the API knows nothing. The
// zero Service serves while its server is active.
type Service struct {
	Boot   time.Duration // from active until it serves; it is there and not ready meanwhile
	Linger time.Duration // the old boot goes on serving for so long after a stop or reboot was taken
	Broken bool          // it is never ready
	Hangs  bool          // it never answers
	Flap   time.Duration // it is ready for so long, then not for as long, and so on; zero: it does not flap
}

// Served is what comes of asking a service.
type Served int

// What can come of asking a service.
const (
	Refused  Served = iota // nothing is there
	Silent                 // no answer ever comes
	NotReady               // it answers 503
	Ready                  // it answers 200
)

// Serve returns what comes of asking the service at a server's IPv4 address now. That
// is no request to the API, so it is not in the ledger.
func (e *Emulator) Serve(ip string) Served {
	r, found := e.at(ip)
	if !found {
		return Refused
	}
	var s Service
	if e.ServiceOf != nil {
		s = e.ServiceOf(r.Server)
	}
	return s.ask(r, time.Now())
}

// at is a copy of the record that has an address.
func (e *Emulator) at(ip string) (record, bool) {
	now, leave := e.enter()
	defer leave()
	for _, r := range e.world.Servers {
		e.settle(r, now)
		if r.IPAddress != nil && *r.IPAddress == ip {
			found := *r
			found.Server = deepCopy(r.Server)
			return found, true
		}
	}
	return record{}, false
}

// ask is what a service answers at a time.
func (s Service) ask(r record, now time.Time) Served {
	active := r.Status == vpsorg.StatusActive
	goes := r.Status == vpsorg.StatusRebooting || r.Status == vpsorg.StatusStopping
	gone := r.Halted.Add(s.Linger) // the old boot
	old := !r.Halted.IsZero() && now.Before(gone) && (active || goes)
	booted := r.Booted
	if booted.Before(gone) && !booted.IsZero() {
		booted = gone
	}
	switch {
	case !active && !old:
		return Refused
	case s.Hangs:
		return Silent
	case s.Broken, !old && now.Before(booted.Add(s.Boot)), s.Flap > 0 && now.UnixNano()/int64(s.Flap)%2 == 1:
		return NotReady
	}
	return Ready
}
