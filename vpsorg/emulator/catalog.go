package emulator

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/vps-fleet/fleet/vpsorg"
)

// What the account is offered unless options say otherwise: the plans and
// operating systems of the documentation's examples under their ids there, and
// some more to choose from.
var (
	standardLocations = []string{"us-west", "us-east", "eu-central"}

	standardPlans = []vpsorg.Plan{
		sold("1", "Standard VPS", "standard", 2, 10, standardLocations),
		sold("2", "Performance VPS", "performance", 4, 20, standardLocations),
		sold("3", "Starter VPS", "starter", 1, 5, standardLocations),
		sold("4", "Premium VPS", "premium", 8, 40, standardLocations[:2]),
	}

	standardOS = []vpsorg.OS{
		{ID: "1", Name: "Debian 11"},
		{ID: "2", Name: "Ubuntu 20.04 LTS"},
		{ID: "3", Name: "Debian 12"},
		{ID: "4", Name: "Rocky Linux 9"},
		{ID: "5", Name: "Ubuntu 22.04 LTS"},
		{ID: "6", Name: "Ubuntu 24.04 LTS"},
	}
)

// sold is a plan that grows with its CPUs, at a price in dollars a month.
func sold(id vpsorg.ID, name, slug string, vcpus int, price float64, locations []string) vpsorg.Plan {
	return vpsorg.Plan{
		ID: id, Name: name, Slug: slug,
		VCPUs: vcpus, Memory: 2048 * vcpus, Storage: 40 * vcpus, Bandwidth: 1024 * vcpus,
		PriceMonthly: new(decimal(price, 2)), PriceHourly: new(decimal(price/5*0.007, 3)), Available: new(true), Locations: locations,
		Description: strconv.Itoa(vcpus) + " vCPU, " + strconv.Itoa(2*vcpus) + " GB memory, " + strconv.Itoa(40*vcpus) + " GB storage",
	}
}

func decimal(price float64, places int) json.Number {
	return json.Number(strconv.FormatFloat(price, 'f', places, 64))
}

func (e *Emulator) plans() []vpsorg.Plan { return offered(e.Plans, standardPlans) }
func (e *Emulator) systems() []vpsorg.OS { return offered(e.OS, standardOS) }
func (e *Emulator) locations() []string  { return offered(e.Locations, standardLocations) }

// offered is what an option says, or the standard where it says nothing.
func offered[T any](option, standard []T) []T {
	if option == nil {
		return standard
	}
	return option
}

func planID(p vpsorg.Plan) vpsorg.ID { return p.ID }
func osID(o vpsorg.OS) vpsorg.ID     { return o.ID }

// plan returns the plan of an id, or nil.
func (e *Emulator) plan(id vpsorg.ID) *vpsorg.Plan { return withID(e.plans(), planID, id) }

// os returns the operating system of an id, or nil.
func (e *Emulator) os(id vpsorg.ID) *vpsorg.OS { return withID(e.systems(), osID, id) }

// withID returns what has an id, or nil.
func withID[T any](all []T, of func(T) vpsorg.ID, id vpsorg.ID) *T {
	if i := slices.IndexFunc(all, func(v T) bool { return of(v) == id }); i >= 0 {
		return &all[i]
	}
	return nil
}

// serverPlan is a plan as a server tells of it.
func serverPlan(p *vpsorg.Plan) vpsorg.ServerPlan {
	return vpsorg.ServerPlan{ID: p.ID, Name: p.Name, VCPUs: p.VCPUs, Memory: p.Memory, Storage: p.Storage, Bandwidth: p.Bandwidth}
}

// soldAt reports whether a plan is sold at a location; a plan that names no
// locations is sold everywhere.
func soldAt(p *vpsorg.Plan, location string) bool {
	return p.Locations == nil || slices.Contains(p.Locations, location)
}

// listPlans answers GET plans/.
func (e *Emulator) listPlans(c *call) answer {
	plans := slices.Clone(e.plans())
	if location := c.values.Get("location"); location != "" {
		plans = slices.DeleteFunc(plans, func(p vpsorg.Plan) bool { return !soldAt(&p, location) })
	}
	return ok(list[vpsorg.Plan]{len(plans), plans})
}

// getAccount answers GET account/me/.
func (e *Emulator) getAccount(*call) answer {
	if e.Account != nil {
		return ok(e.Account)
	}
	var a vpsorg.Account
	a.Account.Email = "sandbox@example.com"
	a.Account.FirstName, a.Account.LastName = "Sandy", "Box"
	a.Account.CreatedAt = "2025-01-01T00:00:00Z"
	a.Token.Name, a.Token.Permissions = "sandbox", []string{"servers:read", "servers:write"}
	return ok(a)
}
