package observe

import (
	"encoding/json"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// This file turns the API's types into the planner's.

// Server is a server as the API tells of it.
func Server(s vpsorg.Server) planner.Server {
	return planner.Server{
		ID:             string(s.ID),
		Name:           s.Name,
		Hostname:       s.Hostname,
		Status:         planner.Status(s.Status),
		Location:       s.Location,
		Plan:           planner.Named{ID: string(s.Plan.ID), Name: s.Plan.Name},
		OS:             planner.Named{ID: string(s.OS.ID), Name: s.OS.Name},
		BackupsEnabled: s.BackupsEnabled,
		IPAddress:      s.IPAddress,
		IPv6Address:    s.IPv6Address,
		UpdatedAt:      s.UpdatedAt,
	}
}

// fromServers are servers as the API tells of them.
func fromServers(servers []vpsorg.Server) []planner.Server {
	out := make([]planner.Server, len(servers))
	for i := range servers {
		out[i] = Server(servers[i])
	}
	return out
}

func fromPlans(plans []vpsorg.Plan) []planner.Offer {
	offers := make([]planner.Offer, len(plans))
	for i, p := range plans {
		offers[i] = planner.Offer{
			ID: string(p.ID), Name: p.Name, Slug: p.Slug,
			Available: p.Available == nil || *p.Available, // not told is no reason to refuse
			Locations: p.Locations, Monthly: fromPrice(p.PriceMonthly), Hourly: fromPrice(p.PriceHourly),
		}
	}
	return offers
}

// fromPrice takes what cannot be a price, or is too high to add up a fleet of, for
// one that is not told.
func fromPrice(n *json.Number) *fleet.Money {
	const highest = 1_000_000
	if n == nil {
		return nil
	}
	m, err := fleet.ParseMoney(n.String())
	if f, _ := n.Float64(); err != nil || f > highest {
		return nil
	}
	return &m
}
