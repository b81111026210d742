package planner

import (
	"errors"
	"fmt"

	"github.com/vps-fleet/fleet/fleet"
)

// guardsJSON are guards as text, "3", "30%" or "500.00"; null is one not written.
type guardsJSON struct {
	MaxDeletes      *string `json:"max_deletes"`
	MaxChanges      *string `json:"max_changes"`
	MaxMonthlyCost  *string `json:"max_monthly_cost"`
	MaxCostIncrease *string `json:"max_cost_increase"`
}

func guardsToJSON(g fleet.Guards) guardsJSON {
	text := func(set bool, limit fmt.Stringer) *string {
		if !set {
			return nil
		}
		return new(limit.String())
	}
	return guardsJSON{
		text(g.MaxDeletes.Set, g.MaxDeletes),
		text(g.MaxChanges.Set, g.MaxChanges),
		text(g.MaxMonthlyCost.Set, g.MaxMonthlyCost),
		text(g.MaxCostIncrease.Set, g.MaxCostIncrease),
	}
}

func (g guardsJSON) guards() (out fleet.Guards, err error) {
	err = errors.Join(
		parseGuard("max_deletes", g.MaxDeletes, fleet.ParseLimit, &out.MaxDeletes),
		parseGuard("max_changes", g.MaxChanges, fleet.ParseLimit, &out.MaxChanges),
		parseGuard("max_monthly_cost", g.MaxMonthlyCost, fleet.ParseCostLimit, &out.MaxMonthlyCost),
		parseGuard("max_cost_increase", g.MaxCostIncrease, fleet.ParseCostLimit, &out.MaxCostIncrease),
	)
	return out, err
}

func parseGuard[T any](name string, text *string, parse func(string) (T, error), into *T) error {
	if text == nil {
		return nil
	}
	limit, err := parse(*text)
	if err != nil {
		return fmt.Errorf("guards.%s: %w", name, err)
	}
	*into = limit
	return nil
}
