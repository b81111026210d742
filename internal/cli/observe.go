package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// load reads the fleet files. A fleet without servers is most often a mistake.
func (s *session) load() (*fleet.Fleet, error) {
	f, err := loadSparingly(s.flags.files)
	if err != nil {
		return nil, err
	}
	if len(f.Servers) == 0 && !s.flags.allowEmpty {
		return nil, refusal{fmt.Sprintf("%s:1:1: no servers are listed", strings.Join(s.flags.files, ", ")), "if that is meant, say so with --allow-empty"}
	}
	return f, nil
}

// loadSparingly loads files with more work for less garbage. The YAML of 100,000
// entries is the most by far that a run ever has in memory, and nobody needs it after.
func loadSparingly(files []string) (*fleet.Fleet, error) {
	defer runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	return fleet.Load(files...)
}

// observe looks at all that a fleet's plan needs, at the account that it is for.
func (s *session) observe(ctx context.Context, w world, f *fleet.Fleet) (planner.Observation, error) {
	o, err := s.look(ctx, w, f)
	if err != nil {
		return o, err
	}
	if err := checkAccount(f, o.Account); err != nil {
		return o, err
	}
	return o, s.checkTargets(f, o)
}

// diff looks at the API and plans, narrowed to --only, with the guards as the
// flags widen them.
func (s *session) diff(ctx context.Context, w world, f *fleet.Fleet) (*planner.Plan, error) {
	o, err := s.observe(ctx, w, f)
	if err != nil {
		return nil, err
	}
	w.journal.Settle(o)
	p := planner.Diff(f, o, s.flags.selection())
	if s.flags.metrics != "" {
		s.find(f, o, planner.FindDrift(f, nil, o, s.flags.selection()))
	}
	p = p.Only(s.flags.actions())
	s.widenGuards(p)
	s.run = render.Run{Plan: p, Command: s.applyCommand(p), Outlook: s.outlook(w)}
	return p, nil
}

// outlook is what the requests of a plan will meet, as far as is known by now.
func (s *session) outlook(w world) planner.EstimateOptions {
	o := planner.EstimateOptions{
		Rate: s.flags.rate, Parallelism: s.flags.parallelism, Latency: s.calls.latency(), ListRequests: w.client.ListCost(),
		Provisioning: planner.Range{Min: planner.ProvisioningMin, Max: planner.ProvisioningMax},
	}
	if s.flags.sandbox != "" {
		o.Rate, o.Transition = 0, sandboxTransition
		o.Provisioning = planner.Range{Min: sandboxProvisioning, Max: sandboxProvisioning}
	}
	return o
}

// checkAccount refuses to go on with an account that the file does not speak of.
func checkAccount(f *fleet.Fleet, account string) error {
	switch {
	case f.Account == "" || f.Account == account:
		return nil
	case account == "":
		return refusal{fmt.Sprintf("%s: the file is for the account %s, and the API does not tell whose token this is", f.AccountPos, f.Account),
			"if the token is the right one, remove account: from the file"}
	}
	return refusal{fmt.Sprintf("%s: the file is for the account %s, the token is of %s", f.AccountPos, f.Account, account),
		"use a token of " + f.Account}
}

// checkTargets refuses a target that is no server's name: a mistyped one would
// look as if there was nothing to do.
func (s *session) checkTargets(f *fleet.Fleet, o planner.Observation) error {
	for _, t := range s.flags.targets {
		listed := slices.ContainsFunc(f.Servers, func(e fleet.Server) bool { return fleet.Match(t, e.Name) })
		live := slices.ContainsFunc(o.Servers, func(l planner.Server) bool { return fleet.Match(t, l.Name) })
		if !listed && !live {
			return refusal{fmt.Sprintf("--target %s matches no server, neither in the file nor at the API", t), "check the name; * stands for any letters"}
		}
	}
	return nil
}

// widenGuards lets the flags allow more than the file does, never less. Without
// a max_deletes none are allowed; without one of the others, anything is.
func (s *session) widenGuards(p *planner.Plan) {
	deletes, changes := int(s.flags.allowDeletes), int(s.flags.allowChanges)
	if g := &p.Guards.MaxDeletes; deletes > g.Of(p.Scope.Total) {
		*g = fleet.Limit{Set: true, N: deletes}
	}
	if g := &p.Guards.MaxChanges; g.Set && changes > g.Of(p.Scope.Total) {
		*g = fleet.Limit{Set: true, N: changes}
	}
	if g := &p.Guards.MaxMonthlyCost; g.Set && s.flags.allowCost > g.Amount {
		*g = fleet.CostLimit{Set: true, Amount: s.flags.allowCost}
	}
	if g, more := &p.Guards.MaxCostIncrease, s.flags.allowCost-p.Cost.Before; g.Set && more > g.Of(p.Cost.Before) {
		*g = fleet.CostLimit{Set: true, Amount: more}
	}
}
