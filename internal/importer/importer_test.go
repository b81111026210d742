package importer

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func server(id, name string) planner.Server {
	return planner.Server{ID: id, Name: name, Status: planner.StatusActive, Location: "us-west",
		Plan: planner.Named{ID: "1", Name: "Standard VPS"}, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"}}
}

func jobFor(t *testing.T, text string, servers ...planner.Server) Job {
	t.Helper()
	j := Job{Observation: planner.Observation{Servers: servers, Offers: offers}, Fleet: new(fleet.Fleet), Into: "fleet.yaml"}
	if text == "" {
		return j
	}
	j.Texts = []fleet.Text{{Name: "fleet.yaml", Data: []byte(text)}}
	var err error
	if j.Fleet, err = fleet.Parse(j.Texts...); err != nil {
		t.Fatal(err)
	}
	return j
}

// TestLeft leaves servers out, each for its reason and with the lines that manage it.
func TestLeft(t *testing.T) {
	suspended, noOS, farAway := server("7", "a"), server("7", "a"), server("7", "a")
	suspended.Status = planner.StatusSuspended
	noOS.OS = planner.Named{}
	farAway.Location = "far away"
	const entries = "version: 1\ndefaults: { os: 5, plan: 1 }\nservers:\n"
	tests := []struct {
		name, text string
		servers    []planner.Server
		want       Left // of the last server
	}{
		{"suspended", "", []planner.Server{suspended}, Left{Why: WhyStatus, Lines: "  a: { plan: 1, os: 5, location: us-west }\n"}},
		{"a name that no entry has", "", []planner.Server{server("7", "a-[1:3]")}, Left{Why: WhyName, Lines: "  a-1-3: { id: 7, plan: 1, os: 5, location: us-west }\n"}},
		{"a replacement", "", []planner.Server{server("7", "a--next")}, Left{Why: WhyNext}},
		{"two of a name", "", []planner.Server{server("10", "a"), server("9", "a")}, Left{Why: WhyDuplicate, Other: "9", Lines: "  a-2: { id: 10, plan: standard, os: ubuntu-22.04, location: us-west }\n"}},
		{"two of a name that an entry has", entries + "  a: {}\n", []planner.Server{server("7", "a"), server("8", "a")},
			Left{Why: WhyUnclear, At: fleet.Pos{File: "fleet.yaml", Line: 4, Column: 3}, Lines: "    id: 8\n"}},
		{"the entry of its name has another", entries + "  a: { id: 8 }\n  a-2: {absent: true}\n", []planner.Server{server("8", "b"), server("7", "a")},
			Left{Why: WhyTaken, At: fleet.Pos{File: "fleet.yaml", Line: 4, Column: 3}, Lines: "  a-3: { id: 7, location: us-west }\n"}},
		{"another case", entries + "  A: {}\n", []planner.Server{server("7", "a")}, Left{Why: WhyCase, At: fleet.Pos{File: "fleet.yaml", Line: 4, Column: 3}}},
		{"renamed from it", entries + "  b: { renamed_from: a }\n", []planner.Server{server("8", "b"), server("7", "a")}, Left{Why: WhyRenamed, At: fleet.Pos{File: "fleet.yaml", Line: 4, Column: 3}}},
		{"an odd id", "", []planner.Server{server("7/8", "a b")}, Left{Why: WhyID}},
		{"no system", "", []planner.Server{noOS}, Left{Why: WhyField, Field: fleet.FieldOS}},
		{"an odd location", "", []planner.Server{farAway}, Left{Why: WhyField, Field: fleet.FieldLocation}},
	}
	for _, test := range tests {
		r, err := Import(jobFor(t, test.text, test.servers...))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		last := r.Left[len(r.Left)-1]
		test.want.Server = last.Server
		if diff := cmp.Diff(test.want, last); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.name, diff)
		}
	}
}

// TestEntries gathers servers into entries as a person would.
func TestEntries(t *testing.T) {
	with := func(s planner.Server, hostname string) planner.Server { s.Hostname = &hostname; return s }
	tests := []struct {
		name    string
		servers []planner.Server
		want    string
	}{
		{"a series", []planner.Server{server("1", "web-1"), server("2", "web-2"), server("3", "web-3")}, "  web-[1:3]: {}\n"},
		{"two are none", []planner.Server{server("1", "web-1"), server("2", "web-2")}, "  web-1: {}\n  web-2: {}\n"},
		{"natural order", []planner.Server{server("1", "web-10"), server("2", "web-2"), server("3", "db")}, "  db: {}\n\n  web-2: {}\n  web-10: {}\n"},
		{"by number", []planner.Server{with(server("1", "web-01"), "w01.example.com"), with(server("2", "web-02"), "w02.example.com"), with(server("3", "web-03"), "w03.example.com")},
			"  web-[01:03]: { hostname: \"w{1}.example.com\" }\n"},
		{"part of a word is no name", []planner.Server{with(server("1", "a"), "data.example.com"), with(server("2", "b"), "bbb.example.com"), with(server("3", "c"), "x-c.example.com")},
			"  a: { hostname: data.example.com }\n  b: { hostname: bbb.example.com }\n  c: { hostname: x-c.example.com }\n"},
		{"part of a number is none", []planner.Server{with(server("1", "web-1"), "w10.dc1.example.com"), with(server("2", "web-2"), "w10.dc2.example.com"), with(server("3", "web-3"), "w10.dc3.example.com")},
			"  web-[1:3]: { hostname: \"w10.dc{1}.example.com\" }\n"},
		{"no template", []planner.Server{with(server("1", "web-1"), "x.example.com"), with(server("2", "web-2"), "y.example.com"), server("3", "web-3")},
			"  web-1: { hostname: x.example.com }\n  web-2: { hostname: y.example.com }\n  web-3: {}\n"},
		{"the rest has none", []planner.Server{with(server("1", "a"), "a.example.com"), with(server("2", "b"), "b.example.com"), server("3", "c")}, "  a: {}\n  b: {}\n  c: { hostname: unmanaged }\n"},
		{"differs in case", []planner.Server{server("1", "web"), server("2", "WEB")}, "  WEB: { id: 2 }\n  web: { id: 1 }\n"},
		{"a word of YAML", []planner.Server{server("1", "null"), server("2", "12")}, "  \"12\": {}\n  \"null\": {}\n"},
	}
	for _, test := range tests {
		r, err := Import(jobFor(t, "", test.servers...))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		_, got, _ := strings.Cut(string(r.Files[0].New), "servers:\n")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.name, diff)
		}
	}
}

// TestNames gives plans and systems the names that people would give them.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{"Ubuntu 22.04 LTS": "ubuntu-22.04", "Standard VPS": "standard", "standard": "standard", "Rocky Linux 9": "rocky-linux-9", "12": "", "漢字": "", "": "", "A/B (c)": "a-b-c"} {
		if got := shortName(name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
	j := jobFor(t, "version: 1\ncatalog: { plans: { twin: 9 } }\nservers:\n  a: { plan: Standard VPS, os: Debian 12 }\n", server("1", "a"), server("2", "b"))
	j.Observation.Servers[0].OS = planner.Named{ID: "3", Name: "Debian 12"}
	n := newNames(j.Fleet, j.Observation)
	for _, test := range []struct {
		c        *catalog
		id, want string
	}{
		{n.plans, "9", "twin"},           // the catalog's
		{n.plans, "1", `"Standard VPS"`}, // as the file says already
		{n.plans, "4", "4"},              // twin is another plan's
		{n.plans, "2", "performance"}, {n.os, "3", `"Debian 12"`}, {n.os, "5", "ubuntu-22.04"}, {n.os, "77", "77"},
	} {
		if got := test.c.text(test.id); got != test.want {
			t.Errorf("%s %s is %s, want %s", test.c.kind, test.id, got, test.want)
		}
	}
	if diff := cmp.Diff([]fleet.FieldText{{Field: "performance", Text: "2"}}, n.plans.added); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestUnproven holds that nothing comes out that would change a server.
func TestUnproven(t *testing.T) {
	j := jobFor(t, "version: 1\nservers:\n  a: { hostname: a.example.com }\n", server("1", "a"), server("2", "b"))
	tests := []struct{ name, text, want string }{
		{"a field", "version: 1\nservers:\n  a: { hostname: a.example.com }\n  b: { location: us-east }\n", "location of server b would be blocked: needs_replace"},
		{"a change", "version: 1\nservers:\n  a: { hostname: a.example.com }\n  b: { hostname: b.example.com }\n", "hostname of server b would be changed: update"},
		{"not listed", "version: 1\nservers:\n  a: { hostname: a.example.com }\n", "server b would not be listed"},
		{"another entry", "version: 1\nservers:\n  a: { }\n  b: {}\n", "server a would get another entry than it has"},
		{"a lost entry", "version: 1\nservers:\n  b: {}\n", "server a would lose its entry"},
		{"the rest", "version: 1\nowns: [c]\nservers:\n  a: { hostname: a.example.com }\n  b: {}\n", "more would change than entries and the catalog"},
		{"the defaults", "version: 1\ndefaults: { status: active }\nservers:\n  a: { hostname: a.example.com, status: unmanaged }\n  b: { status: unmanaged }\n", "more would change than entries and the catalog"},
		{"not a file", "version: 1\nservers:\n  b: {}\n  b: {}\n", "the new text is no fleet file"},
	}
	for _, test := range tests {
		r := &Result{Servers: []planner.Server{j.Observation.Servers[1]}, Files: []File{{"fleet.yaml", j.Texts[0].Data, []byte(test.text)}}}
		if err := j.prove(r); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	var unproven *Unproven
	r := &Result{Servers: j.Observation.Servers[1:], Files: []File{{"fleet.yaml", j.Texts[0].Data, []byte(tests[0].text)}}}
	if !errors.As(j.prove(r), &unproven) || unproven.Name != "b" || unproven.Field != fleet.FieldLocation || unproven.Hint() == "" {
		t.Errorf("%+v", unproven)
	}
}

// Defaults that would change a server are overridden in its entry.
func TestDefaults(t *testing.T) {
	stopped := server("7", "a")
	stopped.Status, stopped.BackupsEnabled = planner.StatusStopped, new(false)
	j := jobFor(t, "version: 1\ndefaults: { status: active, plan: 2, ignore: [plan], os: 5, location: us-west, hostname: \"{name}.example.com\", backups_enabled: true, reboot_on: [name] }\nservers: {}\n", stopped)
	r, err := Import(j)
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(r.Files[0].New), "servers:\n")
	if want := "  a: { hostname: unmanaged, backups_enabled: false, status: unmanaged }\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
}
