package render

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
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
			if width(l) > s.Width || !utf8.ValidString(l) || strings.ContainsFunc(l, obeyed) {
				t.Errorf("%q takes %d of %d places", l, width(l), s.Width)
			}
		}
		if n := len(lines); n != len(servers)+1 && n != len(servers)+2 {
			t.Errorf("%d lines for %d servers", n, len(servers))
		}
	})
}

// obeyed reports whether a terminal would obey or hide a character.
func obeyed(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// Whatever the API tells of a server, get shows it and a terminal obeys none of it.
func TestServerIsData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		d := inventory.Detail{Server: inventory.Server{ID: text, Name: text, Status: text, Hostname: text, Location: text,
			Plan: planner.Named{ID: text, Name: text}, OS: planner.Named{ID: text, Name: text}, Labels: fleet.Labels{"role": text}, Listed: text}, CreatedAt: text, UpdatedAt: text}
		for l := range strings.Lines(Server(d, time.Now(), Style{})) {
			if strings.ContainsFunc(strings.TrimSuffix(l, "\n"), obeyed) {
				t.Errorf("%q", l)
			}
		}
	})
}

// The documentation's example, with all that there can be, and a server of which
// the API tells nothing.
func TestServer(t *testing.T) {
	d := inventory.Detail{Server: listed()[1], VCPUs: 2, Memory: 4096, Storage: 80, Bandwidth: 2048, BackupsEnabled: ptr(true),
		Usage:     &inventory.Usage{CPUPercent: 23.5, MemoryUsed: 3900, DiskUsed: 64, BandwidthUsed: 450},
		CreatedAt: "2025-01-10T14:30:00Z", UpdatedAt: "2025-01-16T15:45:00Z"}
	d.SetAddresses(new("2001:0db8::1"))
	d.Differences = []planner.Difference{{Kind: planner.DriftChanged, Name: "web-9", IDs: []string{"12346"}, Field: fleet.FieldHostname, Is: planner.Text("web-9.example.com"), Want: planner.Text("web9.example.com")}}
	for field, value := range reflect.ValueOf(d.Server).Fields() {
		if value.IsZero() {
			t.Errorf("listed has no %s", field.Name)
		}
	}
	now := time.Date(2025, 1, 17, 15, 50, 0, 0, time.UTC)
	empty := inventory.Detail{Server: inventory.Server{ID: "9b2f", Name: "\x1b[2J"}, CreatedAt: "soon", Usage: &inventory.Usage{}}
	golden(t, "server", Server(d, now, Style{})+"\n"+Server(empty, now, Style{}))
	golden(t, "server_color", Server(d, now, Style{Color: true, Width: 60}))
	for l := range strings.Lines(Server(d, now, Style{Width: 40})) {
		if l = strings.TrimSpace(l); width(l) > 40 {
			t.Errorf("at 40 columns there is a line of %d: %s", width(l), l)
		}
	}
	for _, d := range []inventory.Detail{d, empty} {
		text, err := inventory.DetailJSON(d, "ops@example.com", "https://api.example.com")
		if err != nil {
			t.Fatal(err)
		}
		if err := conforms(t, schema(t, "server"), text); err != nil {
			t.Error(err)
		}
	}
}

func TestAge(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{0: "a moment", 59 * time.Second: "a moment", time.Minute: "1 minute", 119 * time.Minute: "1 hour", 2 * day: "2 days", 364 * day: "364 days", 800 * day: "2 years"} {
		if got := age(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

func TestOmitted(t *testing.T) {
	var left []inventory.Omitted
	for _, name := range []string{"web-1", "web-2", "web-3", "a\nb"} {
		left = append(left, inventory.Omitted{Server: inventory.Server{Name: name}, Cause: inventory.NoAddress})
	}
	left = append(left, inventory.Omitted{Server: inventory.Server{Name: "localhost"}, Cause: inventory.Reserved})
	want := `Left out: 4 servers that have no address: "a\nb", web-[1:3].
Left out: localhost, which has a name that every machine has for itself.
`
	if got := Omitted(left); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf("db-%d", i*i))
	}
	if got := NotThere(many); !strings.HasPrefix(got, "Listed in the file, and not existing yet: 30 servers: db-[0:1], db-4, ") || !strings.HasSuffix(got, ", db-400, and 9 more.\n") {
		t.Errorf("got %s", got)
	}
	if got := NotThere([]string{"db-1"}) + NotThere(nil); got != "Listed in the file, and not existing yet: db-1.\n" {
		t.Errorf("got %s", got)
	}
}
