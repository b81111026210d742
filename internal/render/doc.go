// Package render writes plans, results and events for people, as text, Markdown and
// HTML, and a result as JSON for machines. What every form of a plan shows, in
// which order and grouped how, is decided once, in review.go; what a reason says, in
// sentence.go; what counts as the same, by data, in groups.go. It is made of pure
// functions from a value to text; only Live keeps state, because a terminal does.
// It decides nothing about servers, asks nothing and knows neither flags nor the
// API. Everything that comes from the API or from a file goes through Escape on
// its way out.
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
