package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// This file holds what a run has left behind against what it may leave.

const (
	maxRequests = 1500 // of one run, over at most eight servers
	maxDuration = 3 * time.Hour
)

// observed is a server as one that reads it sees it.
func observed(v vpsorg.Server) planner.Server {
	return planner.Server{
		ID: string(v.ID), Name: v.Name, Hostname: v.Hostname, Status: planner.Status(v.Status), Location: v.Location,
		Plan: planner.Named{ID: string(v.Plan.ID), Name: v.Plan.Name}, OS: planner.Named{ID: string(v.OS.ID), Name: v.OS.Name},
		BackupsEnabled: v.BackupsEnabled,
	}
}

// truth is what a complete observation would tell now.
func (s *simulation) truth() planner.Observation {
	o := planner.Observation{Account: "sandbox@example.com", Endpoint: endpoint}
	for _, v := range s.api.Servers() {
		o.Servers = append(o.Servers, observed(v))
	}
	for _, slug := range []struct{ id, slug string }{{"1", "standard"}, {"2", "performance"}} {
		o.Offers = append(o.Offers, planner.Offer{ID: slug.id, Slug: slug.slug, Available: true})
	}
	return o
}

// checkRun checks everything that must be so after any run.
func (s *simulation) checkRun(p *process) {
	s.checkTwins()
	for _, d := range s.api.Deviations() {
		if misled := len(s.weather) > 0 && strings.Contains(d, `"page`); !misled { // by a list that counts more than it has
			s.violate("API", "the documentation does not allow %s", d)
		}
	}
	if p.dead.Load() {
		return
	}
	s.checkSecrets(p)
	if p.err != nil || p.planOnly {
		if p.changed() {
			s.violate("I8", "run %d has changed something and then ended with: %s", p.number, p.err)
		}
		return
	}
	if p.result != nil {
		s.checkReports(p)
	}
}

// checkTwins: of one name, there is at most one server that fleet has made [I1].
func (s *simulation) checkTwins() {
	made := map[vpsorg.ID]bool{}
	for _, e := range s.api.Ledger() {
		if e.Method == http.MethodPost && e.Status == http.StatusCreated {
			made[e.Server] = true
		}
	}
	named := map[string]vpsorg.ID{}
	for _, v := range s.api.Servers() {
		if !made[v.ID] || s.renaming[v.ID] {
			continue // a rename that lands late, when the file has changed, is beyond all promises
		}
		if other, twice := named[v.Name]; twice && !slices.ContainsFunc(s.processes, s.misread) {
			s.violate("I1", "fleet has made two servers named %s: %s and %s", v.Name, other, v.ID)
		}
		named[v.Name] = v.ID
	}
}

// checkBounds: a run sends so many requests and takes so long at most [I12]. One
// that goes beyond would never end, so it is ended.
func (s *simulation) checkBounds(p *process) {
	if took := time.Since(p.began); !p.dead.Load() && (p.calls > maxRequests || took > maxDuration) {
		s.violate("I12", "run %d has sent %d requests in %s and goes on", p.number, p.calls, took)
		p.die("for it does not end")
	}
}

// checkSecrets: the token is in nothing that a run leaves [I10].
func (s *simulation) checkSecrets(p *process) {
	left := ""
	files, _ := s.disk.List() // memory never fails
	for _, f := range files {
		left += string(s.disk.Safe(f.Name))
	}
	if s.store != nil {
		left += s.store.text()
	}
	if p.err != nil {
		left += p.err.Error()
	}
	if p.approved != nil {
		left += string(p.document())
	}
	if p.result != nil {
		for _, r := range p.result.Reports {
			left += reportText(r)
		}
	}
	if strings.Contains(left, s.token) {
		s.violate("I10", "the token is in what run %d has left", p.number)
	}
}

func reportText(r apply.Report) string {
	text := ""
	if r.Change != nil {
		text = fmt.Sprintf("%s %s", r.Change.Action(), r.Change.About().Name)
	} else {
		text = "wait for " + r.Wait.Name
	}
	if r.ID != "" {
		text += " " + r.ID
	}
	text += ": " + string(r.Outcome)
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	return text
}

// checkConverged: with no more faults the servers are as the file says, and a
// further run changes nothing [I6, I7].
func (s *simulation) checkConverged(f *fleet.Fleet, last *process) {
	rest := planner.Diff(f, s.truth(), planner.Selection{})
	switch {
	case len(rest.Violations()) > 0, s.heldFor(rest):
		return // its guards, or its rollouts, keep it as it is
	case last.err != nil:
		s.violate("I7", "a quiet run ends with: %s", last.err)
		return
	case !rest.Empty() || len(rest.Waits) > 0:
		s.violate("I7", "after three quiet runs there is still: %s", outline(rest))
		return
	}
	again := s.newProcess(f)
	s.play(again)
	if again.changed() || again.err != nil || !again.plan.Empty() {
		s.violate("I6", "one more run was not idle")
	}
	s.checkWanted(f, rest)
	s.checkOwed(f, again.plan)
	s.checkRestored(f)
}

// checkWanted compares the servers with the file, without asking the planner.
func (s *simulation) checkWanted(f *fleet.Fleet, rest *planner.Plan) {
	blocked := map[string]bool{}
	for _, b := range rest.Blocked {
		blocked[b.Name] = true
	}
	named := map[string][]vpsorg.Server{}
	for _, v := range s.api.Servers() {
		named[v.Name] = append(named[v.Name], v)
	}
	for _, e := range f.Servers {
		live := named[e.Name]
		switch {
		case blocked[e.Name]:
		case e.Absent:
			if len(live) > 0 {
				s.violate("I7", "%s is absent in the file and still there", e.Name)
			}
		case len(live) != 1:
			s.violate("I7", "%d servers are named %s", len(live), e.Name)
		case !fulfils(e, live[0]):
			s.violate("I7", "not as the file has it: %s", describe(live[0]))
		}
	}
}

func fulfils(e fleet.Server, v vpsorg.Server) bool {
	return (e.Hostname == nil || v.Hostname != nil && *v.Hostname == *e.Hostname) &&
		(e.BackupsEnabled == nil || *v.BackupsEnabled == *e.BackupsEnabled) &&
		(e.Status == fleet.StatusAny || string(e.Status) == string(v.Status)) &&
		(e.Plan.ID == "" || e.Plan.ID == string(v.Plan.ID)) && (e.OS.ID == "" || e.OS.ID == string(v.OS.ID)) && e.Location == v.Location
}
