package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// rolled is a fleet that has every key of a rollout, a window and a freeze.
const rolled = `version: 1
catalog: {plans: {standard: 1}, os: {ubuntu: 5, debian: 3}}
defaults: {plan: standard, os: ubuntu, location: us-west}
guards: {max_deletes: 100%}
rollouts:
  db:
    labels: role=db
    domain: location
    gate: [{prometheus: {url: "http://prom:9090", query: "etcd_server_has_leader == 0", expect: empty}}]
  web:
    names: ["web-*"]
    labels: role=web
    after: [db]
    max_unavailable: 25%
    max_surge: 2
    steps: [1, 25%, 100%]
    pause: 10m
    ready: [{tcp: 22}, {http: {url: "https://{hostname}/health", insecure: true}}, {command: [./check, "{name}"]}]
    drain: {command: [./balancer, drain, "{name}"]}
    restore: {command: [./balancer, restore, "{name}"], timeout: 1m}
  cache: {labels: role=cache, after: [db], steps: [1, 100%], pause: manual}
windows: [{labels: role=db, days: [sat, sun], hours: "02:00-05:00", timezone: Europe/Berlin}]
freeze: [{names: ["web-*"], labels: role=web, from: 2026-12-20, until: 2027-01-02, reason: holidays}]
servers:
  db-[1:3]: {labels: {role: db}, hostname: "{name}.example.com", reboot_on: [hostname], ready: [{tcp: 5432}]}
  web-[01:12]: {labels: {role: web}, os: debian, replace: create-first}
  web-13: {labels: {role: web}, absent: true}
  cache-[1:2]: {labels: {role: cache}, status: stopped}
`

// rolledPlan is a plan of that fleet, which changes each of its servers.
func rolledPlan(t *testing.T) *planner.Plan {
	t.Helper()
	f, err := fleet.Parse(fleet.Text{Name: "fleet.yaml", Data: []byte(rolled)})
	if err != nil {
		t.Fatal(err)
	}
	price := fleet.Money(10_000_000)
	o := planner.Observation{Account: "ops@example.com", Endpoint: "https://admin.vps.org/api/v1",
		Offers: []planner.Offer{{ID: "1", Name: "Standard VPS", Available: true, Monthly: &price}}}
	add := func(name string) {
		o.Servers = append(o.Servers, planner.Server{ID: fmt.Sprint(12345 + len(o.Servers)), Name: name, Status: planner.StatusActive,
			Location: "us-west", Plan: standard, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"}})
	}
	for _, s := range f.Servers {
		add(s.Name)
	}
	return planner.Diff(f, o, planner.Selection{})
}

// A plan tells by which policies it is to be carried out, and its commands as they are
// to be run.
func TestPolicies(t *testing.T) {
	p := rolledPlan(t)
	golden(t, "rollouts", Plan(p, Style{Width: 100}))
	markdown, err := Markdown(Run{Plan: p}, CommentBytes)
	if err != nil {
		t.Fatal(err)
	}
	html, err := HTML(Run{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	page := string(html)
	for _, want := range []string{"drain: ./balancer drain {name} (at most 2m)", "steps: 1, 3, 13; 10m between them", "Disruptions of role=db begin only sat, sun 02:00-05:00 Europe/Berlin"} {
		if !strings.Contains(string(markdown), want) {
			t.Errorf("the comment does not say %q:\n%s", want, markdown)
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
