package render

import (
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// Run is what a command has come to: what its reports tell.
type Run struct {
	Drift   *planner.Drift          // nil where nobody looked for it; else Plan is what an apply would do about it
	Plan    *planner.Plan           // nil where the command failed before there was one
	Command string                  // the command that carries out exactly this plan, for a shell; "" where there is none
	Again   string                  // the command as it was typed, for a shell; "" where running it again does something else
	Outlook planner.EstimateOptions // what the plan's requests will meet
	Result  *apply.Result           // nil where nothing was carried out
	Err     error                   // why the command failed; nil where the result tells
}
