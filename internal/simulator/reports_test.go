package simulator

import (
	"net/http"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// This file holds what a run reports against what it sent and what is so [I8].

// checkReports checks a result as a whole, and each report.
func (s *simulation) checkReports(p *process) {
	r := p.result
	sum := 0
	for _, o := range []apply.Outcome{apply.Done, apply.Failed, apply.Unknown, apply.NotStarted} {
		sum += r.Count(o)
	}
	if sum != len(p.plan.Changes) {
		s.violate("I8", "%d outcomes for %d changes", sum, len(p.plan.Changes))
	}
	if r.Complete() && r.Count(apply.Done) != len(p.plan.Changes) {
		s.violate("I8", "the run counts as complete, but not everything is done")
	}
	live := map[vpsorg.ID]vpsorg.Server{}
	for _, v := range s.api.Servers() {
		live[v.ID] = v
	}
	for _, rep := range r.Reports {
		if rep.Change == nil {
			continue
		}
		switch rep.Outcome {
		case apply.Done:
			s.checkDone(p, rep, live)
		case apply.NotStarted:
			if p.sentFor(rep.Change) {
				s.violate("I8", "%s, but a request was sent for it", reportText(rep))
			}
		case apply.Failed:
			if d, ok := rep.Change.(*planner.Delete); ok && !s.disturbed(p, vpsorg.ID(d.ID)) && s.deletedBy(p, vpsorg.ID(d.ID)) {
				s.violate("I8", "%s, but it was deleted", reportText(rep))
			}
		}
	}
	if undisturbed := len(s.touched) == 0 && s.landed.Before(p.began); r.Complete() && undisturbed && s.api.Lag.Young == 0 && !p.saved && !p.byDigest {
		if rest := planner.Diff(p.file, s.truth(), planner.Selection{}); !rest.Only(p.only).Empty() {
			s.violate("I6", "after a complete run there is still: %s", outline(rest))
		}
	}
}

// disturbed tells whether anybody else may have changed a server during a run.
func (s *simulation) disturbed(p *process, id vpsorg.ID) bool {
	touched, late := s.touched[id], s.landing[id]
	return !touched.IsZero() && !touched.Before(p.began) || late.After(p.began) || s.adrift.After(p.began)
}

// checkDone: what is reported as done is so.
func (s *simulation) checkDone(p *process, rep apply.Report, live map[vpsorg.ID]vpsorg.Server) {
	id := vpsorg.ID(rep.ID)
	v, there := live[id]
	if s.disturbed(p, id) {
		return
	}
	wrong := ""
	switch c := rep.Change.(type) {
	case *planner.Create:
		if !there || v.Name != c.Name || !isMadeAs(v, c.Spec) {
			wrong = "there is no such server"
		}
	case *planner.Update:
		for _, f := range c.Fields {
			if now, _ := valueOf(observed(v), f.Field); !there || now != plainValue(f.To) {
				wrong = string(f.Field) + " is " + now
			}
		}
	case *planner.Power:
		// An answer from before the reboot looks like one from after it.
		early := c.Verb == planner.ActionReboot && v.Status == vpsorg.StatusRebooting && s.listsLag+s.readsLag > 0
		if (!there || v.Status != statusAfter(c.Verb)) && !early {
			wrong = "its status is " + string(v.Status)
		}
	case *planner.Delete:
		if there {
			wrong = "it is still there"
		}
	case *planner.Replace:
		if _, old := live[vpsorg.ID(c.ID)]; old && !s.disturbed(p, vpsorg.ID(c.ID)) || !there || v.Name != c.Name || !isMadeAs(v, c.Spec) {
			wrong = "it was not replaced"
		}
	}
	if wrong != "" {
		s.violate("I8", "%s, but %s", reportText(rep), wrong)
	}
}

// sentFor tells whether a run has sent anything that a change may send, but for
// what was only put off.
func (p *process) sentFor(change planner.Change) bool {
	about := change.About()
	id, verb := vpsorg.ID(about.ID), string(change.Action())
	for _, c := range p.sends {
		if c.status == http.StatusTooManyRequests {
			continue
		}
		switch change.(type) {
		case *planner.Create:
			if c.name == about.Name {
				return true
			}
		case *planner.Update:
			if c.id == id && (c.method == http.MethodPatch || c.method == http.MethodPut) {
				return true
			}
		case *planner.Power:
			if c.id == id && id != "" && c.verb == verb {
				return true
			}
		case *planner.Delete:
			if c.id == id && c.method == http.MethodDelete {
				return true
			}
		case *planner.Replace:
			made := c.name == about.Name || c.name == about.Name+fleet.NextSuffix
			if made || c.id == id && c.method == http.MethodDelete {
				return true
			}
		}
	}
	return false
}

// deletedBy tells whether the API has carried out a delete that a run sent.
func (s *simulation) deletedBy(p *process, id vpsorg.ID) bool {
	for _, e := range s.api.Ledger() {
		if !e.Time.Before(p.began) && e.Method == http.MethodDelete && e.Server == id && e.Status == http.StatusNoContent {
			return true
		}
	}
	return false
}

// listedFrom is when lists begin to show a server.
func (s *simulation) listedFrom(v vpsorg.Server) time.Time {
	made, err := time.Parse(time.RFC3339, v.CreatedAt)
	if err != nil {
		return s.began
	}
	return made.Add(max(s.api.Lag.Young, s.listsLag))
}
