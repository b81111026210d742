package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// This file holds what a run does against what runs before it have done, and owe: by
// the ledger, which no answer that lags behind can mislead.

// checkAgain: nothing is made, rebooted or deleted a second time because of an answer
// from before the first [I15].
func (s *simulation) checkAgain(c *call) {
	switch {
	case c.name != "":
		s.checkMadeAgain(c)
	case c.verb == "reboot":
		s.checkRebootedAgain(c)
	case c.method == http.MethodDelete:
		if at, done := s.deleted[c.id]; done && time.Since(at) < settleWindow {
			s.violate("I15", "server %s is deleted again %s after its delete was answered", c.id, time.Since(at).Round(time.Second))
		}
	}
}

func (s *simulation) checkMadeAgain(c *call) {
	for _, v := range s.api.Servers() {
		if v.Name != c.name || !s.touched[v.ID].IsZero() || s.renaming[v.ID] || s.misread(c.process) {
			continue
		}
		for _, e := range s.api.Ledger() {
			if e.Server == v.ID && e.Status == http.StatusCreated && time.Since(e.Time) < settleWindow {
				s.violate("I15", "%s is created again %s after it was, as server %s", c.name, time.Since(e.Time).Round(time.Second), v.ID)
			}
		}
	}
}

// checkRebootedAgain: between two reboots of a server is an update that was needed.
func (s *simulation) checkRebootedAgain(c *call) {
	booted := time.Time{}
	for _, e := range s.api.Ledger() {
		if e.Server == c.id && e.Status == http.StatusOK && strings.HasSuffix(e.Path, "/reboot/") {
			booted = e.Time
		}
	}
	if !booted.IsZero() && s.updated[c.id].Before(booted) && s.touched[c.id].IsZero() && !s.landing[c.id].After(booted) {
		s.violate("I15", "server %s is rebooted again, and nothing was updated since", c.id)
	}
}

func isUpdate(e emulator.Entry) bool {
	return e.Method == http.MethodPatch || e.Method == http.MethodPut
}

// noteUpdate keeps in mind that an update is sent which changes something, and whether
// it brings a reboot.
func (s *simulation) noteUpdate(c *call) {
	if c.method != http.MethodPatch && c.method != http.MethodPut {
		return
	}
	if s.differs(c) {
		s.updated[c.id] = time.Now()
	}
	brings := false
	for _, x := range c.process.plan.Changes {
		u, ok := x.(*planner.Update)
		brings = brings || ok && u.ID == string(c.id) && slices.ContainsFunc(c.process.plan.Changes, func(x planner.Change) bool {
			return x.Action() == planner.ActionReboot && x.About().Name == u.Name
		})
	}
	if brings {
		s.owes[c.id] = true
	} else {
		s.owesNot[c.id] = true
	}
}

// differs tells whether an update asks for anything that is not so already.
func (s *simulation) differs(c *call) bool {
	var wanted vpsorg.PatchRequest
	json.Unmarshal([]byte(c.body), &wanted) // what cannot be read asks for nothing
	for _, v := range s.api.Servers() {
		if v.ID == c.id {
			return wanted.Name != nil && *wanted.Name != v.Name || wanted.Hostname != nil && text(wanted.Hostname) != text(v.Hostname) ||
				wanted.BackupsEnabled != nil && text(wanted.BackupsEnabled) != text(v.BackupsEnabled)
		}
	}
	return false
}

// checkOwed: whatever reboot an update has brought was taken in the end, whichever run
// came to it [I16]. Nobody repeats one that may have been.
func (s *simulation) checkOwed(f *fleet.Fleet, rest *planner.Plan) {
	for _, v := range s.api.Servers() {
		listed := slices.ContainsFunc(f.Servers, func(e fleet.Server) bool { return e.Name == v.Name && !e.Absent })
		blocked := slices.ContainsFunc(rest.Blocked, func(b planner.Blocked) bool { return b.Name == v.Name })
		if !listed || blocked || v.Status != vpsorg.StatusActive || !s.owes[v.ID] || s.owesNot[v.ID] || !s.touched[v.ID].IsZero() || s.mayHaveBooted(v.ID) {
			continue
		}
		owed := time.Time{}
		for _, e := range s.api.Ledger() {
			switch {
			case e.Server != v.ID || e.Status != http.StatusOK:
			case isUpdate(e):
				owed = e.Time
			case strings.HasSuffix(e.Path, "/reboot/"), strings.HasSuffix(e.Path, "/start/"):
				owed = time.Time{}
			}
		}
		if !owed.IsZero() {
			s.violate("I16", "%s was updated as server %s, which brings a reboot, and three quiet runs have not come to it", v.Name, v.ID)
		}
	}
}

// mayHaveBooted tells whether a reboot of a server was sent that nobody knows to have
// been taken.
func (s *simulation) mayHaveBooted(id vpsorg.ID) bool {
	return slices.ContainsFunc(s.processes, func(p *process) bool {
		return slices.ContainsFunc(p.sends, func(c *call) bool {
			unclear := !c.over || c.status/100 != 2 && (c.status/100 != 4 || c.status == http.StatusRequestTimeout)
			return c.id == id && c.verb == "reboot" && unclear
		})
	})
}
