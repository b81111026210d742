package render

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/planner"
)

func listed() []inventory.Server {
	price := fleet.Money(10_000_000)
	var servers []inventory.Server
	for i, status := range []string{"active", "stopped", "suspended", "provisioning", "error"} {
		s := inventory.Server{ID: fmt.Sprint(12345 + i), Name: fmt.Sprintf("web-%d", 8+i), Status: status, Location: "us-west", Hostname: fmt.Sprintf("web-%d.example.com", 8+i),
			Plan: planner.Named{ID: "1", Name: "Standard VPS"}, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"}, Monthly: &price, Listed: "fleet.yaml:7", Labels: fleet.Labels{"role": "web"}}
		if status != "provisioning" {
			s.SetAddresses(new(fmt.Sprintf("203.0.113.%d", 8+i)))
		}
		servers = append(servers, s)
	}
	servers[1].Drift = []string{"hostname", "status"}
	servers[4].Name, servers[4].Listed, servers[4].Monthly, servers[4].Hostname = "\x1b[31mold 서버", "", nil, ""
	return servers
}

func columnsOf(t testing.TB, names []string) []inventory.Column {
	t.Helper()
	columns, err := inventory.ColumnsOf(names)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

func TestServers(t *testing.T) {
	table, wide := columnsOf(t, inventory.TableColumns), columnsOf(t, inventory.WideColumns)
	golden(t, "servers", Servers(listed(), table, true, Style{}))
	golden(t, "servers_narrow", Servers(listed(), table, true, Style{Width: 80}))
	golden(t, "servers_color", Servers(listed(), wide, false, Style{Color: true}))
}

// No line is wider than the terminal, whatever servers are called, and every
// server has one.
func TestServersFit(t *testing.T) {
	table := columnsOf(t, append(inventory.WideColumns, "label:role"))
	rapid.Check(t, func(t *rapid.T) {
		servers := listed()
		for i := range servers {
			servers[i].Name, servers[i].Location = rapid.String().Draw(t, "name"), rapid.String().Draw(t, "location")
		}
		s := Style{Width: rapid.IntRange(1, 200).Draw(t, "width")}
		lines := strings.Split(strings.TrimSuffix(Servers(servers, table, true, s), "\n"), "\n")
		for _, l := range lines {
			if width(l) > s.Width || !utf8.ValidString(l) {
				t.Errorf("%q takes %d of %d places", l, width(l), s.Width)
			}
		}
		if n := len(lines); n != len(servers)+1 && n != len(servers)+2 {
			t.Errorf("%d lines for %d servers", n, len(servers))
		}
	})
}
