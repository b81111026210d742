package emulator

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/vps-fleet/fleet/vpsorg"
)

// order is a create that has been checked.
type order struct {
	name, location string
	hostname       *string
	backups        *bool
	plan           *vpsorg.Plan
	os             *vpsorg.OS
}

// createServer answers POST servers/.
func (e *Emulator) createServer(c *call) answer {
	o, refusal := e.readOrder(c)
	if refusal != nil {
		return *refusal
	}
	if e.Credit != 0 && e.world.Charged >= e.Credit {
		return *refuse(http.StatusPaymentRequired, "Insufficient credit to create this server.")
	}
	if e.Limit != 0 && len(e.world.Servers) >= max(e.Limit, 0) {
		return *refuse(http.StatusForbidden, "Server limit reached: this account may have "+strconv.Itoa(max(e.Limit, 0))+" servers.")
	}
	r := &record{Server: vpsorg.Server{
		Name: o.name, Hostname: o.hostname, Location: o.location, Plan: serverPlan(o.plan), OS: *o.os,
		BackupsEnabled: o.backups, Status: e.first(),
	}}
	r.Serial, r.ID = e.world.serial(e.UUIDs)
	e.complete(r, c.now)
	r.Ordered, r.changed = c.now, c.now
	e.insert(r, c.now)
	e.world.Charged++
	c.entry.Server = r.ID
	return answer{status: http.StatusCreated, body: createdServer{
		listed(&r.Server), *r.BackupsEnabled, "Server is being provisioned. This may take 2-5 minutes.",
	}}
}

// readOrder checks the body of a create.
func (e *Emulator) readOrder(c *call) (o order, refusal *answer) {
	f := newForm(c)
	name, location := f.name(e, true, ""), f.text("location", true)
	plan := f.id("plan_id", true, integers(e.plans(), planID))
	system := f.id("os_id", true, integers(e.systems(), osID))
	f.id("ssh_key_id", false, !e.UUIDs)
	o.hostname, o.backups = f.hostname(false), f.boolean("backups_enabled", false)
	if name != nil {
		c.entry.Name, o.name = *name, *name
	}
	if location != nil {
		o.location = *location
		if !slices.Contains(e.locations(), o.location) {
			f.refuse("location", strconv.Quote(o.location)+" is not a valid choice.")
		}
	}
	if plan != nil {
		o.plan = e.plan(*plan)
		switch {
		case o.plan == nil:
			f.refuse("plan_id", "Invalid pk "+strconv.Quote(string(*plan))+" - object does not exist.")
		case o.plan.Available != nil && !*o.plan.Available:
			f.refuse("plan_id", "This plan is not available.")
		case location != nil && !soldAt(o.plan, o.location):
			f.refuse("plan_id", "This plan is not available at "+strconv.Quote(o.location)+".")
		}
	}
	if system != nil {
		if o.os = e.os(*system); o.os == nil {
			f.refuse("os_id", "Invalid pk "+strconv.Quote(string(*system))+" - object does not exist.")
		}
	}
	return o, f.end()
}

// getServer answers GET servers/{id}/.
func (e *Emulator) getServer(c *call) answer {
	return ok(detailed(&c.found.Server))
}

// putServer answers PUT servers/{id}/.
func (e *Emulator) putServer(c *call) answer { return e.update(c, true) }

// patchServer answers PATCH servers/{id}/, as documented for PUT.
func (e *Emulator) patchServer(c *call) answer { return e.update(c, false) }

// update changes the fields that are given; whole requires all three.
func (e *Emulator) update(c *call, whole bool) answer {
	r := c.found
	f := newForm(c)
	if !whole && f.fields != nil && len(f.fields) == 0 {
		f.deviate("non_field_errors", "At least one field is required.")
	}
	name, hostname, backups := f.name(e, whole, r.Name), f.hostname(whole), f.boolean("backups_enabled", whole)
	if refusal := f.end(); refusal != nil {
		return *refusal
	}
	e.change(r, c.now)
	if name != nil {
		e.world.rename(r, *name)
	}
	if hostname != nil {
		r.Hostname = hostname
	}
	if backups != nil {
		r.BackupsEnabled = backups
	}
	r.UpdatedAt = stamp(c.now)
	return ok(detailed(&r.Server))
}

// deleteServer answers DELETE servers/{id}/: the server is gone at once.
func (e *Emulator) deleteServer(c *call) answer {
	e.remove(c.found, c.now)
	return answer{status: http.StatusNoContent}
}
