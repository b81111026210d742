package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// names are those that fleet files list. Servers of former names are renamed,
// strangers belong to nobody's file.
var names = []string{"a", "b", "c", "d", "e"}

// drawAPI makes an API of some kind with up to eight servers in it.
func drawAPI(d dice) *emulator.Emulator {
	e := &emulator.Emulator{
		Provisioning: d.of("provisioning").between(2*time.Second, 60*time.Second),
		Transition:   d.of("transition").between(time.Second, 20*time.Second),
		PageSize:     pick(d.of("pages"), 0, 0, 2, 3),
		UUIDs:        d.of("uuids").percent(30),
		UniqueNames:  d.of("unique").percent(30),
	}
	e.ServiceOf = func(v vpsorg.Server) emulator.Service {
		return emulator.Service{Boot: d.of("boot", v.Name).between(0, 20*time.Second)}
	}
	if d.of("slow lists").percent(15) {
		e.Lag.Young = d.of("lag").between(time.Second, maxLag)
		e.Lag.Every = pick(d.of("every"), 1, 1, 2, 3)
	}
	if d.of("poor").percent(4) {
		e.Credit = 1 + d.of("credit").below(3)
	}
	for _, name := range names {
		if d.of("live", name).percent(55) {
			addServer(e, d.of("server", name), name)
		}
		if d.of("former", name).percent(12) {
			addServer(e, d.of("former server", name), "old-"+name)
		}
		if d.of("left over", name).percent(5) {
			addServer(e, d.of("left over server", name), name+fleet.NextSuffix)
		}
	}
	if !e.UniqueNames && d.of("twins").percent(4) {
		addServer(e, d.of("twin"), "a")
		addServer(e, d.of("other twin"), "a")
	}
	if d.of("stranger").percent(30) {
		addServer(e, d.of("strange server"), "stranger")
	}
	return e
}

func addServer(e *emulator.Emulator, d dice, name string) {
	if len(e.Servers()) == 8 {
		return
	}
	backups := d.of("backups").percent(50)
	s := vpsorg.Server{
		Name: name, Location: pick(d.of("location"), "us-west", "us-west", "us-east"), BackupsEnabled: &backups,
		Plan: vpsorg.ServerPlan{ID: pick[vpsorg.ID](d.of("plan"), "1", "1", "2")}, OS: vpsorg.OS{ID: pick[vpsorg.ID](d.of("os"), "5", "5", "3")},
		Status: pick[vpsorg.Status](d.of("status"), "active", "active", "active", "active", "stopped", "stopped", "provisioning", "starting", "stopping", "rebooting", "active", "active"),
	}
	if d.of("odd").percent(3) || strings.HasSuffix(name, fleet.NextSuffix) && d.of("could not be made").percent(40) {
		s.Status = pick[vpsorg.Status](d.of("odd status"), "suspended", "error")
	}
	if h := pick(d.of("hostname"), "", name+".example.com", "x.example.com"); h != "" {
		s.Hostname = &h
	}
	e.Add(s)
}

// drawFile writes a fleet file over the names, with every feature that there is.
func drawFile(d dice) string {
	var b strings.Builder
	b.WriteString("version: 1\n")
	if d.of("owns").percent(30) {
		b.WriteString("owns: ['?', 'old-*']\n")
		fmt.Fprintf(&b, "unlisted: %s\n", pick(d.of("unlisted"), "report", "ignore", "delete"))
	}
	if d.of("protect").percent(10) {
		b.WriteString("protect: [b, d]\n")
	}
	fmt.Fprintf(&b, "guards: {max_deletes: %s}\n", pick(d.of("deletes"), "100%", "100%", "100%", "100%", "100%", "100%", "100%", "100%", "100%", "1"))
	b.WriteString("catalog: {plans: {small: 1}, os: {jammy: 5}}\ndefaults: {plan: small, os: jammy, location: us-west}\nservers:\n")
	listed, serving := 0, 0
	for _, name := range names {
		switch n := d.of("entry", name).below(100); {
		case n < 20:
		case n < 28:
			fmt.Fprintf(&b, "  %s: {absent: true}\n", name)
			listed++
		default:
			fields := drawFields(d.of("fields", name), name)
			fmt.Fprintf(&b, "  %s: {%s}\n", name, strings.Join(fields, ", "))
			listed++
			if !slices.Contains(fields, "status: stopped") {
				serving++
			}
		}
	}
	if listed == 0 {
		b.WriteString("  a: {}\n")
	}
	b.WriteString(drawPolicies(d.of("policies"), serving))
	return b.String()
}

func drawFields(d dice, name string) (fields []string) {
	for _, f := range []struct {
		percent int
		field   string
		values  []string
	}{
		{20, "plan", []string{"small", "2", "performance"}},
		{20, "os", []string{"jammy", "3"}},
		{15, "location", []string{"us-west", "us-east"}},
		{50, "hostname", []string{"'{name}.example.com'", "y.example.com"}},
		{40, "backups_enabled", []string{"true", "false"}},
		{45, "status", []string{"active", "active", "stopped"}},
		{50, "reboot_on", []string{"[hostname]", "[hostname, backups_enabled]", "[name]"}},
		{70, "replace", []string{"delete-first", "create-first"}},
		{15, "renamed_from", []string{"old-" + name}},
	} {
		if d.of("has", f.field).percent(f.percent) {
			fields = append(fields, f.field+": "+pick(d.of("value", f.field), f.values...))
		}
	}
	if slices.Contains(fields, "replace: create-first") && d.of("has replace_failed").percent(50) {
		fields = append(fields, "replace_failed: true")
	}
	return fields
}
