package apply

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Refusal is why a run was refused before its first change: a WrongEndpoint, a
// WrongAccount, an UnknownTarget, an UnknownLabels, an EmptyAccount, a
// GuardsExceeded, a NotReviewed or a CommandsForbidden, and nothing else. internal/render makes the
// sentence and the hint; what Error says is for logs.
type Refusal interface {
	error
	refusal()
}

// WrongEndpoint refuses a plan that was made for another API.
type WrongEndpoint struct{ Want, Got string }

// WrongAccount refuses a token of another account than the file, or the plan, is for.
type WrongAccount struct {
	At        fleet.Pos // of the file's account; zero where a plan says it
	Want, Got string    // "" where nobody told
}

// UnknownTarget refuses a target that matches no server, listed or live.
type UnknownTarget struct{ Pattern string }

// UnknownLabels refuses a selector that matches no listed server.
type UnknownLabels struct{ Selector fleet.Selector }

// EmptyAccount refuses an unreviewed plan where none of so many listed servers
// exists: that is how a wrong token looks.
type EmptyAccount struct{ Listed int }

// GuardsExceeded refuses a plan that goes beyond its guards.
type GuardsExceeded struct{ Violations []planner.Violation }

// NotReviewed refuses a plan that is not the one whose digest was approved, nor what
// is left of it.
type NotReviewed struct {
	Changes []planner.Change // that were not approved; nil where the approved plan was not kept
}

// CommandsForbidden refuses a plan with commands that nobody has allowed to be run.
type CommandsForbidden struct{ Commands []fleet.Command }

func (*WrongEndpoint) refusal()     {}
func (*WrongAccount) refusal()      {}
func (*UnknownTarget) refusal()     {}
func (*UnknownLabels) refusal()     {}
func (*EmptyAccount) refusal()      {}
func (*GuardsExceeded) refusal()    {}
func (*NotReviewed) refusal()       {}
func (*CommandsForbidden) refusal() {}

func (e *WrongEndpoint) Error() string { return fmt.Sprintf("endpoint %s, not %s", e.Got, e.Want) }
func (e *WrongAccount) Error() string  { return fmt.Sprintf("account %s, not %s", e.Got, e.Want) }
func (e *UnknownTarget) Error() string { return "no server matches " + e.Pattern }
func (e *UnknownLabels) Error() string { return "no entry has labels " + e.Selector.String() }
func (e *EmptyAccount) Error() string {
	return fmt.Sprintf("none of %d listed servers exists", e.Listed)
}
func (e *GuardsExceeded) Error() string { return fmt.Sprintf("%d guards exceeded", len(e.Violations)) }
func (e *NotReviewed) Error() string    { return "another plan was reviewed" }
func (e *CommandsForbidden) Error() string {
	return fmt.Sprintf("%d commands are not allowed", len(e.Commands))
}

// bootstrapSize is how many listed servers have to be missing, all of them, for
// that to be suspicious.
const bootstrapSize = 10

// check refuses a plan that may not be carried out.
func (a *account) check(by Approval, p *planner.Plan) error {
	if p.Empty() {
		return a.checkCommands(p)
	}
	if by.Digest != "" && by.Digest != p.Digest() {
		if a.left == nil {
			return &NotReviewed{}
		}
		if unapproved := p.Unapproved(a.left); len(unapproved) > 0 {
			return &NotReviewed{unapproved}
		}
	}
	if by.unattended() && !by.Bootstrap && p.Scope.Listed >= bootstrapSize && p.Scope.Live == 0 {
		return &EmptyAccount{p.Scope.Listed}
	}
	return a.checkPolicy(p)
}

// checkPolicy refuses a plan that is beyond its guards, or that has commands which
// nobody has allowed.
func (a *account) checkPolicy(p *planner.Plan) error {
	if v := p.Violations(); len(v) > 0 {
		return &GuardsExceeded{v}
	}
	return a.checkCommands(p)
}

// checkCommands refuses a plan that would run commands, unless that is allowed.
func (a *account) checkCommands(p *planner.Plan) error {
	if list := p.Commands(); len(list) > 0 && !a.Runner.AllowCommands && !(p.Empty() && len(p.Waits) == 0) {
		return &CommandsForbidden{list}
	}
	return nil
}

func (by Approval) unattended() bool { return by.Digest == "" && by.Ask == nil }

// check refuses an observation of another account than the fleet's, a target that
// is no server's name and labels that no entry has: a mistyped one would look as if
// there was nothing to do.
func (in Input) check(seen planner.Observation) error {
	if f := in.Fleet; f.Account != "" && f.Account != seen.Account {
		return &WrongAccount{f.AccountPos, f.Account, seen.Account}
	}
	for _, t := range in.Selection.Targets {
		listed := slices.ContainsFunc(in.Fleet.Servers, func(s fleet.Server) bool { return fleet.Match(t, s.Name) })
		live := slices.ContainsFunc(seen.Servers, func(s planner.Server) bool { return fleet.Match(t, s.Name) })
		if !listed && !live {
			return &UnknownTarget{t}
		}
	}
	labels := in.Selection.Labels
	if !slices.ContainsFunc(in.Fleet.Servers, func(s fleet.Server) bool { return labels.Matches(s.Labels) }) && !labels.IsZero() {
		return &UnknownLabels{labels}
	}
	return nil
}

// includes reports whether a run of the input is about servers of a name.
func (in Input) includes(name string) bool {
	if e, listed := in.Fleet.Lookup(name); listed {
		return in.Selection.Includes(e)
	}
	return in.Fleet.OwnsName(name) && in.Selection.IncludesUnlisted(name)
}
