package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// what is what a fact says is there, or will be, in these servers; "" where its
// fields say it.
func (f *fact) what(said statement, servers members) string {
	plan := tallied(servers, func(m member) string { return m.Plan })
	location := tallied(servers, func(m member) string { return m.Location })
	switch {
	case f.Titled:
		return ""
	case f.What.Code != "" && f.Drift != "" && f.Drift != planner.DriftUnclear: // it is pending
		return driftText(f, servers) + "; " + said.message()
	case f.What.Code != "":
		return said.message()
	case f.Drift != "":
		return driftText(f, servers)
	case f.Spec != nil:
		return specText(*f.Spec, location)
	case f.Live != nil:
		return plan + ", " + location
	}
	var parts []string
	if f.To != "" {
		parts = append(parts, string(f.From+" → "+f.To))
	}
	if f.Why.Code == planner.CodeAskedFor {
		parts = append(parts, newStatement(f.Member.Name, *f.Why).message())
	}
	return strings.Join(parts, ", ")
}

// mostCounted is how many different values are told with how often each is there.
const mostCounted = 4

// tallied tells the values that servers have, and how many have each where they are
// not all the same: us-west 8, us-east 6.
func tallied(servers members, value func(member) string) string {
	groups := grouped(servers, value)
	if len(groups) == 1 {
		return value(servers[0])
	}
	slices.SortFunc(groups, func(a, b members) int { return cmp.Or(len(b)-len(a), strings.Compare(value(a[0]), value(b[0]))) })
	values := each(groups, func(g members) string { return fmt.Sprintf("%s %d", value(g[0]), len(g)) })
	return strings.Join(atMost(mostCounted, values, "%d more"), ", ")
}

// specText is what a server is created with, on one line.
func specText(c planner.Spec, location string) string {
	parts := []string{called("plan", c.Plan), called("os", c.OS), location}
	if c.SSHKey != nil {
		parts = append(parts, "key "+called("", *c.SSHKey))
	}
	if c.BackupsEnabled != nil {
		parts = append(parts, "backups "+onOff(*c.BackupsEnabled))
	}
	if c.Hostname != nil {
		parts = append(parts, planner.Text(*c.Hostname).String())
	}
	return strings.Join(parts, ", ")
}

// called is a plan or an operating system by its name, which needs no more words,
// or else by what its id is of.
func called(what string, n planner.Named) string {
	if n.Name == "" {
		return strings.TrimSpace(what + " " + n.ID)
	}
	return n.Name
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// remark is what a section does not say of a fact.
func remark(f *fact) string {
	if f.Made {
		return "its replacement exists already"
	}
	switch f.Why.Code {
	case planner.CodeUnlisted, planner.CodeFinish, planner.CodeNeeds, planner.CodeOwed:
		return newStatement(f.Member.Name, *f.Why).message()
	}
	return ""
}

// fieldWords are a field's name, and its old and new value, for people: names rather
// than ids, on and off.
func fieldWords(f planner.FieldChange) (name, from, to string) {
	name = string(f.Field)
	if f.Field == fleet.FieldBackupsEnabled {
		name = "backups"
	}
	from, to = valueWord(f.From), valueWord(f.To)
	if from == to {
		return name, f.From.String(), f.To.String()
	}
	return name, from, to
}

func valueWord(v planner.Value) string {
	if n, ok := v.AsReference(); ok {
		return called("", n)
	}
	if b, ok := v.AsBool(); ok {
		return onOff(b)
	}
	return v.String()
}
