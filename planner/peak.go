package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Peak is the largest number of servers, and the highest cost a month, while a plan is
// carried out. Servers of unknown price count as servers only.
type Peak struct {
	Servers int         `json:"servers"`
	Monthly fleet.Money `json:"monthly"`
}

// Rises reports whether servers cost more while a plan is carried out than before and
// after it.
func (c Cost) Rises() bool { return c.Peak.Monthly > max(c.Before, c.After) }

// peak foresees the peak: what exists before the plan or after it, whichever is more,
// and beside it the new servers of create-first replacements whose old servers still
// exist. Rollouts bound how many these are.
func (p *Plan) peak() Peak {
	peak := Peak{Monthly: max(p.Cost.Before, p.Cost.After)}
	prices, before, after := make(map[string]fleet.Money), 0, 0
	for _, r := range p.Cost.Rows {
		before, after = before+r.Before, after+r.After
		if r.PriceMonthly != nil {
			prices[r.Plan.ID] = *r.PriceMonthly
		}
	}
	peak.Servers = max(before, after)
	var surges []int
	for _, g := range p.Rollouts {
		surges = append(surges, g.Surge())
	}
	const unbounded = -1                                     // no rollout
	doubled, rules := make(map[int][]fleet.Money), p.Rules() // by the group that bounds it most: what is paid twice
	for _, c := range p.Changes {
		if r, ok := c.(*Replace); ok && r.Mode == fleet.ReplaceCreateFirst && r.NextID == "" {
			g := unbounded
			if rule := rules[r.Name]; rule != nil && len(rule.Groups) > 0 {
				g = slices.MinFunc(rule.Groups, func(a, b int) int { return surges[a] - surges[b] })
			}
			doubled[g] = append(doubled[g], min(prices[r.Old.Plan.ID], prices[r.Spec.Plan.ID]))
		}
	}
	for g, costs := range doubled {
		slices.Sort(costs)
		slices.Reverse(costs)
		if g != unbounded {
			costs = costs[:min(len(costs), surges[g])]
		}
		peak.Servers += len(costs)
		for _, c := range costs {
			peak.Monthly += c
		}
	}
	return peak
}
