package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// This file holds each change against what its process may do, at the moment in
// which it is sent.

// checkSend checks one request that is about to leave.
func (s *simulation) checkSend(c *call) {
	if c.method == http.MethodGet {
		return
	}
	p := c.process
	if late := p.refused > 0 && c.window > p.refused; late && !p.paced { // it did not queue before
		s.violate("I4", "%s %s after the token was refused", c.method, c.path)
	}
	if p.plan == nil || p.planOnly {
		s.violate("I9", "%s %s without a plan", c.method, c.path)
		return
	}
	s.checkLease(c)
	s.checkAgain(c)
	s.noteUpdate(c)
	if c.name != "" {
		s.checkCreate(c)
		return
	}
	s.checkTarget(c)
	s.checkBudget(c)
	s.checkWindow(c)
	switch c.method {
	case http.MethodDelete:
		s.checkDelete(c)
	case http.MethodPatch, http.MethodPut:
		s.checkPatch(c)
	}
}

// checkCreate: under an intent of its own that is safe on disk [I2], not before
// what was unclear about the name has had its time [I1], of what was approved [I5],
// and only where the name has not been there all along [I4].
func (s *simulation) checkCreate(c *call) {
	p := c.process
	own := slices.ContainsFunc(s.safeIntents(), func(i apply.Intent) bool {
		key := i.Name + i.At.String()
		fresh := i.Name == c.name && !s.intents[key]
		if fresh {
			s.intents[key] = true
		}
		return fresh
	})
	if !own {
		s.violate("I2", "%s is created without an intent of its own on disk", c.name)
	}
	if given, ok := s.unclear[c.name]; ok && time.Since(given) < settleWindow {
		s.violate("I1", "%s is created %s after an unclear create was given up, and nobody has seen it since", c.name, time.Since(given).Round(time.Second))
	}
	if spec, ok := p.approvedCreate(c.name); !ok {
		s.violate("I5", "%s is created, which was not approved", c.name)
	} else if want := orderText(c.name, spec); want != orderOf(c.body) {
		s.violate("I5", "%s is created as %s, approved was %s", c.name, orderOf(c.body), want)
	}
	if s.misread(p) {
		return
	}
	for _, v := range s.api.Servers() {
		if v.Name == c.name && p.start[v.ID] == c.name && s.touched[v.ID].Before(p.began) && s.landing[v.ID].Before(p.began) {
			s.violate("I4", "%s is created, but has been there all along as server %s", c.name, v.ID)
		}
	}
}

// misread tells whether pages may have missed a server: one that a person deletes
// and one more that they make while pages are read leave the count as it was, and no
// client can see what has moved from one page to another.
func (s *simulation) misread(p *process) bool { return s.stingy && !s.swapped.Before(p.began) }

// approvedCreate finds what a server of a name may be created with.
func (p *process) approvedCreate(name string) (planner.Spec, bool) {
	for _, c := range p.approved.Changes {
		switch c := c.(type) {
		case *planner.Create:
			if c.Name == name {
				return c.Spec, true
			}
		case *planner.Replace:
			if c.Mode == fleet.ReplaceDeleteFirst && c.Name == name || c.Mode == fleet.ReplaceCreateFirst && c.Name+fleet.NextSuffix == name {
				return c.Spec, true
			}
		}
	}
	return planner.Spec{}, false
}

func orderText(name string, s planner.Spec) string {
	return strings.Join([]string{name, s.Plan.ID, s.OS.ID, s.Location, text(s.Hostname), text(s.BackupsEnabled)}, " ")
}

func orderOf(body string) string {
	var r vpsorg.CreateRequest
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return err.Error()
	}
	return strings.Join([]string{r.Name, string(r.PlanID), string(r.OSID), r.Location, text(r.Hostname), text(r.BackupsEnabled)}, " ")
}

// text writes what a pointer points to.
func text[T any](v *T) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(*v)
}

// checkTarget: a change is about a server of the approved plan, or one that it
// makes [I9], and never about one that is known to be off limits [I4], unless it was
// so when its delete was approved. No reboot is repeated that may have taken place [I8].
func (s *simulation) checkTarget(c *call) {
	p := c.process
	if c.verb == "reboot" && p.booted[c.id] {
		s.violate("I8", "server %s is rebooted a second time", c.id)
	}
	known, seen := p.seen[c.id]
	if !seen {
		return // made just now
	}
	if end := settledStatus(known.Status); end != planner.StatusActive && end != planner.StatusStopped && !p.absentAs(known) {
		s.violate("I4", "%s %s, although its status was known to be %q", c.method, c.path, known.Status)
	}
	if !slices.ContainsFunc(p.approved.Changes, func(x planner.Change) bool {
		about := x.About()
		return s.disturbed(p, c.id) || about.ID == known.ID || about.Name == known.Name || about.Name+fleet.NextSuffix == known.Name
	}) {
		s.violate("I9", "%s %s is about a server that the plan does not speak of", c.method, c.path)
	}
}

// checkDelete: approved, read just before, and still what was approved [I3].
func (s *simulation) checkDelete(c *call) {
	p := c.process
	old, ok := p.approvedDelete(string(c.id))
	if strings.HasSuffix(old.Name, fleet.NextSuffix) && p.absentAs(old) {
		s.fire(nextFailed)
	}
	if !ok {
		s.violate("I3", "server %s is deleted, which was not approved", c.id)
		return
	}
	if last := p.last[c.id]; last.method != http.MethodGet || last.status != http.StatusOK {
		s.violate("I3", "server %s is deleted without having been read just before; the last was %s with %d", c.id, last.method, last.status)
	}
	if now := p.seen[c.id]; now.Name != old.Name || text(now.Hostname) != text(old.Hostname) || now.Location != old.Location ||
		now.Plan.ID != old.Plan.ID || now.OS.ID != old.OS.ID || settledStatus(now.Status) != old.Status {
		s.violate("I3", "server %s is deleted, which was %+v when approved and was last seen as %+v", c.id, old, now)
	}
}

func (p *process) approvedDelete(id string) (planner.Server, bool) {
	for _, c := range p.approved.Changes {
		switch c := c.(type) {
		case *planner.Delete:
			if c.ID == id {
				return c.Old, true
			}
		case *planner.Replace:
			if c.ID == id {
				return c.Old, true
			}
		}
	}
	return planner.Server{}, false
}

// checkPatch: no value is overwritten that is known to be neither the old one of
// the plan nor the new one [I9].
func (s *simulation) checkPatch(c *call) {
	for _, x := range c.process.plan.Changes {
		u, ok := x.(*planner.Update)
		known, seen := c.process.seen[c.id]
		if !ok || !seen || u.ID != string(c.id) {
			continue
		}
		for _, f := range u.Fields {
			s.fire(updateOf(f.Field))
			if !c.process.approvedField(u, f) {
				s.violate("I9", "%s of server %s is set from %s to %s, which was not approved", f.Field, c.id, f.From, f.To)
			}
			paged, newer := c.process.paged[c.id]
			if now, strange := thirdValue(known, f); strange {
				if _, strange := thirdValue(paged, f); strange || !newer {
					s.violate("I9", "%s of server %s is overwritten: it was %s when approved, and was last seen as %s", f.Field, c.id, f.From, now)
				}
			}
		}
	}
}

// thirdValue is what a field has where that is neither the old value of a change nor the
// new one.
func thirdValue(s planner.Server, f planner.FieldChange) (value string, strange bool) {
	value, told := valueOf(s, f.Field)
	return value, told && value != plainValue(f.From) && value != plainValue(f.To)
}

// approvedField tells whether a field of an update was approved, by itself or as the
// end of a replacement.
func (p *process) approvedField(u *planner.Update, f planner.FieldChange) bool {
	return slices.ContainsFunc(p.approved.Changes, func(c planner.Change) bool {
		switch c := c.(type) {
		case *planner.Update:
			return c.ID == u.ID && slices.ContainsFunc(c.Fields, func(a planner.FieldChange) bool {
				return a.Field == f.Field && plainValue(a.From) == plainValue(f.From) && plainValue(a.To) == plainValue(f.To)
			})
		case *planner.Replace:
			return c.Mode == fleet.ReplaceCreateFirst && c.Name == u.Name
		}
		return false
	})
}

// see remembers what a good answer told about servers. The lock is held.
func (s *simulation) see(c *call, body []byte) {
	page := strings.Contains(c.path, "page=") || strings.Contains(string(body), `"next":"`)
	for _, v := range told(c, body) {
		delete(s.unclear, v.Name)
		if page { // what it tells may be refused with the rest of its list
			c.process.paged[v.ID] = observed(v)
			continue
		}
		c.process.seen[v.ID] = observed(v)
		delete(c.process.paged, v.ID)
	}
}

// told are the servers of a good answer.
func told(c *call, body []byte) []vpsorg.Server {
	var list struct{ Results []vpsorg.Server }
	var one vpsorg.Server
	switch {
	case c.list:
		json.Unmarshal(body, &list) // a good answer can be read
	case c.id != "":
		json.Unmarshal(body, &one)
		list.Results = append(list.Results, one)
	}
	return list.Results
}

// heardCreate keeps in mind what is unclear about a create. The lock is held.
func (p *process) heardCreate(c *call, hit strike, status int, good bool) {
	refused := status/100 == 4 && status != http.StatusRequestTimeout
	switch {
	case good && status == http.StatusCreated, refused, hit.effect.Stage == emulator.Unsent:
	default:
		p.sim.unclear[c.name] = time.Now()
	}
}

// absentAs reports whether an entry with absent: true, or replace_failed: true, has got
// the delete of a server approved in the status that it ended in.
func (p *process) absentAs(known planner.Server) bool {
	return slices.ContainsFunc(p.approved.Changes, func(x planner.Change) bool {
		d, ok := x.(*planner.Delete)
		ended := slices.Contains([]planner.Status{"suspended", "error", "failed"}, known.Status)
		allows := ok && (d.Reason.Code == planner.CodeAbsent || d.Reason.Code == planner.CodeNextFailed)
		return allows && ended && d.ID == known.ID && d.Old.Status == known.Status
	})
}
