// Package render writes plans, drift, results and events for people, as text, Markdown and
// HTML, and as JSON for machines. What every form shows, in which order and grouped how,
// is decided once: of a plan in review.go, of drift in driftreview.go, of a result in
// outcome.go. What a reason says is in sentence.go; what counts as the same, by data, in
// groups.go; how things are counted and listed, in lists.go; how times are told, in
// times.go. It is made of pure functions from a value to text; only Live keeps state,
// because a terminal does. It decides nothing about servers, asks nothing and knows
// neither flags nor the API. Everything that comes from the API or from a file goes
// through Escape on its way out.
package render

import (
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

// Run is what a command has come to: what its reports tell.
type Run struct {
	Drift   *planner.Drift   // nil where nobody looked for it; else Plan is what an apply would do about it
	Plan    *planner.Plan    // nil where the command failed before there was one
	Command string           // the command that carries out exactly this plan, for a shell; "" where there is none
	Again   string           // the command as it was typed, for a shell; "" where running it again does something else
	Outlook estimate.Options // what the plan's requests will meet
	Result  *apply.Result    // nil where nothing was carried out
	Err     error            // why the command failed; nil where the result tells
}
