package importer

import (
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// defaults are what an entry has that says nothing.
type defaults struct {
	values
	ignores []fleet.Field
	status  fleet.Status
}

// mostCommon are the defaults of a new file.
func mostCommon(entries []*entry) defaults {
	var d defaults
	d.plan = most(entries, func(e *entry) string { return e.plan })
	d.os = most(entries, func(e *entry) string { return e.os })
	d.location = most(entries, func(e *entry) string { return e.location })
	d.backups = most(entries, func(e *entry) string { return e.backups })
	d.hostname = commonHostname(entries)
	return d
}

// most is the value that most servers have, of several the first in order; "" where
// no two have the same.
func most(entries []*entry, value func(*entry) string) string {
	count := make(map[string]int)
	for _, e := range entries {
		count[value(e)] += len(e.servers)
	}
	best, n := "", 1
	for v, k := range count {
		if v != "" && (k > n || k == n && k > 1 && fleet.CompareNames(v, best) < 0) {
			best, n = v, k
		}
	}
	return best
}

// commonHostname is the template with {name} that most servers' hostnames have.
// Where most entries would have to say that theirs is another one, there is none.
func commonHostname(entries []*entry) string {
	best := most(entries, func(e *entry) string {
		if h := e.template(); strings.Contains(h, "{name}") {
			return h
		}
		return ""
	})
	same := 0
	for _, e := range entries {
		if e.template() == best {
			same++
		}
	}
	if 2*same < len(entries) {
		return ""
	}
	return best
}

// template is the hostname with {name} where that is in it, of a range or not.
func (e *entry) template() string {
	if e.isRange() || e.hostname == "" {
		return e.hostname
	}
	return template(e.servers[0].Name, e.hostname)
}

// writtenDefaults are those of files that there are.
func writtenDefaults(f *fleet.Fleet, o planner.Observation) defaults {
	w := f.Defaults
	d := defaults{ignores: w.Ignore, status: w.Status}
	d.location, d.backups = w.Location, boolText(w.BackupsEnabled)
	d.plan, d.os = idOf(w.Plan, o, fleet.FieldPlan), idOf(w.OS, o, fleet.FieldOS)
	if w.Hostname != nil {
		d.hostname = *w.Hostname
	}
	return d
}

func idOf(r fleet.Ref, o planner.Observation, f fleet.Field) string {
	if r.ID != "" || r.Name == "" {
		return r.ID
	}
	return o.FindID(f, r.Name)
}
