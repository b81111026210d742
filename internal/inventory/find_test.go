package inventory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// findTests are selections, the servers that they find, and the entries that have none.
var findTests = []struct {
	name, targets, labels string
	all                   bool
	want                  []string
	missing               []string
}{
	{"what the file speaks for", "", "", false, []string{
		"database 203.0.113.7 10.00 f.yaml:8 env=prod,role=db [name status]", "twin 203.0.113.8 10.00 unlisted  [unclear]", "twin 203.0.113.9 10.00 unlisted  [unclear]",
		"web-2 203.0.113.2 10.00 f.yaml:6 env=prod,role=web [hostname]", "web-3 203.0.113.3 10.00 unlisted  []", "web-10 203.0.113.10 10.00 f.yaml:7 env=prod,role=web []",
	}, []string{"soon-2", "soon-10"}},
	{"the account", "o*", "", true, []string{"other 203.0.113.11 10.00 unlisted  []"}, nil},
	{"what others have", "o*", "", false, nil, nil},
	{"by labels", "", "role=web", true, []string{"web-2 203.0.113.2 10.00 f.yaml:6 env=prod,role=web [hostname]", "web-10 203.0.113.10 10.00 f.yaml:7 env=prod,role=web []"}, nil},
	{"by the entry's name", "db", "role=db", false, []string{"database 203.0.113.7 10.00 f.yaml:8 env=prod,role=db [name status]"}, nil},
	{"by the server's name", "data*", "role=db", false, []string{"database 203.0.113.7 10.00 f.yaml:8 env=prod,role=db [name status]"}, nil},
}

func TestFind(t *testing.T) {
	f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte(`version: 1
owns: ["web-*"]
catalog: {plans: {standard: 1}, os: {ubuntu: 5}}
defaults: {plan: standard, os: ubuntu, location: us-west, labels: {env: prod}}
servers:
  web-2: {labels: {role: web}, hostname: w2.example.com}
  web-10: {labels: {role: web}, backups_enabled: true}
  db: {id: "7", labels: {role: db}, status: active}
  twin: {}
  soon-2: {}
  soon-10: {}
`)})

	if err != nil {
		t.Fatal(err)
	}
	named := planner.Named{ID: "1", Name: "Standard VPS"}
	live := func(id, name string, status planner.Status) planner.Server {
		return planner.Server{ID: id, Name: name, Status: status, Location: "us-west", Plan: named, OS: planner.Named{ID: "5"}, IPAddress: new("203.0.113." + id)}
	}
	price, _ := fleet.ParseMoney("10")
	o := planner.Observation{
		Offers:  []planner.Offer{{ID: "1", Monthly: &price}},
		Servers: []planner.Server{live("10", "web-10", "active"), live("2", "web-2", "active"), live("3", "web-3", "active"), live("7", "database", "stopped"), live("8", "twin", "active"), live("9", "twin", "active"), live("11", "other", "active")},
	}
	for _, tt := range findTests {
		labels, err := fleet.ParseSelector(tt.labels)
		if tt.labels != "" && err != nil {
			t.Fatal(err)
		}
		found := Find(f, tt.all, o, planner.Selection{Targets: strings.Fields(tt.targets), Labels: labels})
		var got []string
		for _, s := range found.Servers {
			got = append(got, fmt.Sprintf("%s %s %s %s %s %v", s.Name, s.IPv4, moneyText(s.Monthly), columns[9].Value(s), labelsText(s), s.Drift))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
		if d := cmp.Diff(tt.missing, found.Missing); d != "" {
			t.Errorf("%s: missing (-want +got):\n%s", tt.name, d)
		}
	}
	found := Find(&fleet.Fleet{}, true, o, planner.Selection{})
	if len(found.Servers) != len(o.Servers) || len(found.Missing) > 0 {
		t.Errorf("without a file: %+v", found)
	}
}
