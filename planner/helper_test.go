package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// parse reads a fleet file whose version line and catalog are the same everywhere.
func parse(t testing.TB, body string) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte("version: 1\ncatalog: {plans: {standard: 1, performance: 2}, os: {ubuntu: 5, debian: 3}, ssh_keys: {deploy: 42}}\n" + body)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func selector(t testing.TB, text string) fleet.Selector {
	t.Helper()
	s, err := fleet.ParseSelector(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// server reads a live server written as "ID NAME STATUS [plan=1 os=5 at=us-west host=… backups=on]".
func server(t testing.TB, line string) planner.Server {
	t.Helper()
	words := strings.Fields(line)
	s := planner.Server{ID: words[0], Name: words[1], Status: planner.Status(words[2]), Location: "us-west",
		Plan: planner.Named{ID: "1", Name: "Standard VPS"}, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"}}
	for _, w := range words[3:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "plan":
			s.Plan = planner.Named{ID: value}
		case "os":
			s.OS = planner.Named{ID: value}
		case "at":
			s.Location = value
		case "host":
			s.Hostname = &value
		case "backups":
			on := value == "on"
			s.BackupsEnabled = &on
		default:
			t.Fatalf("unknown word %q in %q", w, line)
		}
	}
	return s
}

func observe(t testing.TB, lines ...string) planner.Observation {
	t.Helper()
	o := planner.Observation{Account: "ops@example.com", Endpoint: "https://api.example.com/api/v1"}
	for _, line := range lines {
		o.Servers = append(o.Servers, server(t, line))
	}
	return o
}

func diff(t testing.TB, body string, live ...string) *planner.Plan {
	t.Helper()
	p := planner.Diff(parse(t, body), observe(t, live...), planner.Selection{})
	return p
}

// describe writes a plan in short lines, without its reasons.
func describe(p *planner.Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		s := c.About()
		fmt.Fprintf(&b, "%s %s", c.Action(), s.Name)
		if s.ID != "" {
			fmt.Fprintf(&b, " #%s", s.ID)
		}
		switch c := c.(type) {
		case *planner.Create:
			describeSpec(&b, c.Spec)
		case *planner.Update:
			describeFields(&b, c.Fields)
		case *planner.Replace:
			fmt.Fprintf(&b, " %s", c.Mode)
			if c.NextID != "" {
				fmt.Fprintf(&b, " next=#%s", c.NextID)
			}
			describeFields(&b, c.Fields)
			b.WriteString(" with")
			describeSpec(&b, c.Spec)
		}
		b.WriteByte('\n')
	}
	for _, w := range p.Waits {
		fmt.Fprintf(&b, "wait %s #%s %s→%s\n", w.Name, w.ID, w.From, w.To)
	}
	for _, x := range p.Blocked {
		fmt.Fprintf(&b, "blocked %s %v: %s\n", x.Name, x.IDs, said(x.Reason))
	}
	for _, s := range p.Unlisted {
		fmt.Fprintf(&b, "unlisted %s #%s\n", s.Name, s.ID)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(&b, "note %s: %s\n", n.Name, said(n.Reason))
	}
	return b.String()
}

// said is a reason in short: its code and what it is about, without its places.
func said(r planner.Reason) string {
	words := []string{string(r.Code)}
	add := func(text string) {
		if text != "" {
			words = append(words, text)
		}
	}
	add(string(r.Action))
	add(string(r.Cause))
	add(string(r.Status))
	add(r.Name)
	add(r.Pattern)
	for _, k := range r.Keys {
		add(string(k))
	}
	for _, o := range r.Servers {
		add("#" + o.ID)
	}
	var fields strings.Builder
	describeFields(&fields, r.Fields)
	return strings.Join(words, " ") + fields.String()
}

func describeSpec(b *strings.Builder, s planner.Spec) {
	fmt.Fprintf(b, " plan=%s os=%s at=%s", s.Plan.ID, s.OS.ID, s.Location)
	if s.Hostname != nil {
		fmt.Fprintf(b, " host=%s", *s.Hostname)
	}
	if s.SSHKey != nil {
		fmt.Fprintf(b, " key=%s", s.SSHKey.ID)
	}
	if s.BackupsEnabled != nil {
		fmt.Fprintf(b, " backups=%t", *s.BackupsEnabled)
	}
}

func describeFields(b *strings.Builder, fields []planner.FieldChange) {
	for _, f := range fields {
		fmt.Fprintf(b, " %s:%s→%s", f.Field, f.From, f.To)
	}
}
