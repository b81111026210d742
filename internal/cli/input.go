package cli

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

// input reads the fleet files, for a plan as the flags ask for it. A fleet without
// servers is most often a mistake.
func (c *command) input() (apply.Input, error) {
	f, err := fleet.Load(c.flags.files...)
	if err != nil {
		return apply.Input{}, err
	}
	if len(f.Servers) == 0 && !c.flags.allowEmpty {
		return apply.Input{}, refusal{fmt.Sprintf("%s:1:1: no servers are listed", strings.Join(c.flags.files, ", ")), "if that is meant, say so with --allow-empty"}
	}
	sel := planner.Selection{Targets: c.flags.targets, Excludes: c.flags.excludes, Labels: c.flags.labels, Asked: c.flags.asked}
	if err := checkAsked(f, sel); err != nil {
		return apply.Input{}, err
	}
	return apply.Input{Fleet: f, Selection: sel, Only: c.flags.actions(), Allow: c.flags.allowance()}, nil
}

// checkAsked refuses to ask for what no server of the files is meant by: a mistyped
// name would look as if there was nothing to do.
func checkAsked(f *fleet.Fleet, sel planner.Selection) error {
	action, pattern, ok := sel.Unmatched(f)
	if !ok {
		return nil
	}
	return refusal{fmt.Sprintf("--%s %s matches no server of the fleet files that is selected", action, pattern),
		"only servers that the files list can be asked for; --target, --exclude and --selector narrow them"}
}

// outlook is what the requests of a plan will meet, as far as is known by now.
func (c *command) outlook(e *apply.Engine) estimate.Options {
	o := estimate.Options{
		Rate: c.flags.rate, Parallelism: c.flags.parallelism, Latency: c.requests.latency(), ListRequests: e.Client.ListCost(),
		Provisioning: planner.Range{Min: planner.ProvisioningMin, Max: planner.ProvisioningMax},
	}
	if c.flags.sandbox != "" {
		o.Rate, o.Transition = 0, sandboxTransition
		o.Provisioning = planner.Range{Min: sandboxProvisioning, Max: sandboxProvisioning}
	}
	return o
}
