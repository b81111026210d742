package importer

import (
	"fmt"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// account is an account of n servers, two thirds of them in series.
func account(n int) planner.Observation {
	o := planner.Observation{Account: "ops@example.com", Endpoint: "http://127.0.0.1/api/v1", Offers: offers}
	for i := range n {
		s := planner.Server{ID: fmt.Sprint(12345 + i), Name: fmt.Sprintf("web-%04d", i), Status: planner.StatusActive, Location: "us-west",
			Plan: planner.Named{ID: "1", Name: "Standard VPS"}, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"}}
		switch i % 3 {
		case 0:
			s.Hostname = new(s.Name + ".example.com")
		case 1:
			s.Name = fmt.Sprintf("Box of %d", i)
		}
		o.Servers = append(o.Servers, s)
	}
	return o
}

// 1,000 servers: docs/performance.md has the figures.
func BenchmarkImport(b *testing.B) {
	o := account(1000)
	job := Job{Observation: o, Fleet: new(fleet.Fleet), Into: "fleet.yaml"}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			if _, err := Import(job); err != nil {
				b.Fatal(err)
			}
		}
	})
	r, err := Import(job)
	if err != nil {
		b.Fatal(err)
	}
	text := fleet.Text{Name: "fleet.yaml", Data: r.Files[0].New}
	f, err := fleet.Parse(fleet.Text{Name: text.Name, Data: text.Data})
	if err != nil {
		b.Fatal(err)
	}
	job = Job{Observation: account(2000), Texts: []fleet.Text{text}, Fleet: f, Into: text.Name}
	b.Run("added", func(b *testing.B) {
		for b.Loop() {
			if _, err := Import(job); err != nil {
				b.Fatal(err)
			}
		}
	})
	for i := range o.Servers {
		o.Servers[i].Plan = planner.Named{ID: "2", Name: "Performance VPS"}
	}
	b.Run("accepted", func(b *testing.B) {
		for b.Loop() {
			if _, err := Accept(Job{Observation: o, Texts: []fleet.Text{text}, Fleet: f, Patterns: []string{"*"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
