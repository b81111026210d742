package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"pgregory.net/rapid"
)

var (
	seriesNames = []string{"web-%02d", "db-%d", "n%d", "rack-%d-node", "x_%d", "%d"}
	oddNames    = []string{"Old Box", "jenkins", "JENKINS", "mail.example.com", "test", "Test", "Büro-VPN", "null", "true", "unmanaged", "web-[1:3]",
		`a"b\c`, "# no", "- no", "k: v", "{name}", "*all", "&a", "<<", "x--next", "tab\tname", "line\nname", "\u202eevil", " lead", "trail ", "漢字", "🙂", "%s", "", strings.Repeat("l", 300)}
	oddHostnames = []string{"my_host", "http://x.example.com", "trailing.example.com.", "-x", "UPPER.example.com", "{name}", "a.b.c"}
	offers       = []planner.Offer{
		{ID: "1", Name: "Standard VPS", Slug: "standard", Available: true}, {ID: "2", Name: "Performance VPS", Slug: "performance"},
		{ID: "3", Name: "Starter VPS"}, {ID: "4", Name: "Twin", Slug: "twin", Available: true}, {ID: "5e7e0000-0000-4000-8000-000000000001", Name: "Twin", Slug: "twin"},
	}
	systems = []planner.Named{{ID: "5", Name: "Ubuntu 22.04 LTS"}, {ID: "6", Name: "Ubuntu 22.04"}, {ID: "3", Name: "Debian 12"}, {ID: "9"}, {ID: "8", Name: "12"}}
	places  = []string{"us-west", "us-east", "no", "1e3"}
)

func one[T any](t *rapid.T, what string, options ...T) T {
	return rapid.SampledFrom(options).Draw(t, what)
}

// drawWorld draws an account as people make them by hand.
func drawWorld(t *rapid.T) planner.Observation {
	o := planner.Observation{Account: one(t, "account", "ops@example.com", "", "odd address"), Endpoint: "http://127.0.0.1/api/v1", Offers: offers}
	if one(t, "offers", "yes", "yes", "no") == "no" {
		o.Offers = nil
	}
	details := one(t, "details", true, false)
	uuids := one(t, "ids", "number", "number", "uuid") == "uuid"
	n := rapid.IntRange(0, 60).Draw(t, "servers")
	kinds := rapid.IntRange(1, 4).Draw(t, "kinds")
	first := one(t, "first number", 1, 1, 8, 95)
	for i := range n {
		s := planner.Server{ID: fmt.Sprint(12345 + i), Status: planner.StatusActive}
		if uuids {
			s.ID = fmt.Sprintf("5e7e0000-0000-4000-8000-%012d", i)
		}
		kind := i % kinds
		s.Name = fmt.Sprintf(seriesNames[kind], i/kinds+first)
		s.Plan = planner.Named{ID: offers[kind].ID, Name: offers[kind].Name}
		s.OS, s.Location = systems[kind], places[kind%2]
		switch kind % 3 {
		case 0:
			s.Hostname = new(s.Name + ".example.com")
		case 1:
			s.Hostname = new(fmt.Sprintf("h%d.example.org", i/kinds+first))
		}
		if details {
			s.BackupsEnabled = new(kind == 1)
		}
		if one(t, "odd", "yes", "no", "no", "no") == "yes" {
			disturb(t, &s)
		}
		o.Servers = append(o.Servers, s)
	}
	return o
}

// disturb makes a server different from the others of its kind.
func disturb(t *rapid.T, s *planner.Server) {
	switch one(t, "what", "name", "name", "plan", "os", "location", "hostname", "status", "backups") {
	case "name":
		s.Name = one(t, "name", oddNames...)
	case "plan":
		x := one(t, "plan", offers...)
		s.Plan = planner.Named{ID: x.ID, Name: x.Name}
	case "os":
		s.OS = one(t, "os", append(systems, planner.Named{})...)
	case "location":
		s.Location = one(t, "location", append(places, "", "far away")...)
	case "hostname":
		s.Hostname = one(t, "hostname", append([]*string{nil, new("")}, pointers(oddHostnames)...)...)
	case "status":
		s.Status = one(t, "status", planner.StatusStopped, planner.StatusSuspended, planner.StatusProvisioning, planner.StatusRebooting, "failed")
	case "backups":
		s.BackupsEnabled = one(t, "backups", nil, new(true), new(false))
	}
}

func pointers(texts []string) (list []*string) {
	for i := range texts {
		list = append(list, &texts[i])
	}
	return list
}

// drawFiles draws fleet files, in all styles of YAML, for some servers of a world
// and some that do not exist. The entries of servers that exist may say something else.
func drawFiles(t *rapid.T, o planner.Observation) []fleet.Text {
	n := rapid.IntRange(1, 3).Draw(t, "files")
	texts := make([]fleet.Text, n)
	entries := drawEntries(t, o, n == 1)
	defaults := []string{"", "defaults: { hostname: \"{name}.example.com\" } # for all\n", "defaults:\n  location: us-east\n  # a note\n  plan: 1\n\n",
		"defaults: {status: active, backups_enabled: true, os: 5}\n"}
	if !slices.ContainsFunc(entries, func(e string) bool { return !strings.Contains(e, "[") }) { // {1} is for ranges
		defaults = append(defaults, "defaults: { ignore: [os, plan], hostname: \"h{1}.example.org\" }\n")
	}
	for i := range texts {
		var b strings.Builder
		b.WriteString(one(t, "head", "", "# a fleet\n\n", "#\ttabbed\n") + "version: 1\n")
		if i == 0 {
			b.WriteString(one(t, "owns", "", "owns: [\"*\"]\n", "owns: [\"web-*\"] # ours\nunlisted: delete\n"))
			b.WriteString(one(t, "defaults", defaults...))
		}
		if i == n-1 {
			b.WriteString(one(t, "catalog", "", "catalog: { plans: { standard: 1 }, os: {} } # ids\n", "catalog:\n  plans:\n    big: 2 # big\n\n  # systems\n  os:\n    starter: 5\n", "catalog: {plans: {performance: 4}}\n"))
		}
		flow := one(t, "servers", "block", "block", "flow") == "flow"
		var mine []string
		for k, e := range entries {
			if k%n == i {
				mine = append(mine, e)
			}
		}
		b.WriteString(drawServers(t, mine, flow))
		b.WriteString(one(t, "tail", "", "# the end\n", "\nprotect: []\n"))
		if i > 0 {
			texts[i].Data = []byte(strings.Replace(b.String(), "\nprotect: []\n", "", 1))
		} else {
			texts[i].Data = []byte(b.String())
		}
		texts[i].Name = fmt.Sprintf("%d.yaml", i)
		texts[i].Data = []byte(ends(t, string(texts[i].Data)))
	}
	return texts
}

// ends gives a text the line ends of some editor.
func ends(t *rapid.T, text string) string {
	if one(t, "last line end", "kept", "kept", "missing") == "missing" {
		text = strings.TrimRight(text, "\n")
	}
	switch one(t, "line ends", "LF", "LF", "CRLF", "BOM") {
	case "CRLF":
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case "BOM":
		text = "\ufeff" + text
	}
	return text
}

func drawServers(t *rapid.T, entries []string, flow bool) string {
	if len(entries) == 0 {
		return one(t, "none", "servers: {}\n", "servers: {} # none yet\n", "servers: { }\n")
	}
	if flow {
		return "servers: { " + strings.Join(entries, one(t, "comma", ", ", ",\n  ")) + " }\n"
	}
	indent := one(t, "indent", " ", "  ", "    ")
	text := "servers:" + one(t, "after servers", "", " # each one") + "\n"
	for _, e := range entries {
		text += one(t, "above", "", "\n", indent+"# about the next\n") + indent + e + one(t, "comment", "", " # a comment, {not} \"text\"", "\t# tabbed") + "\n"
	}
	return text
}

// drawEntries draws entries, each on one line.
func drawEntries(t *rapid.T, o planner.Observation, anchors bool) (entries []string) {
	seen := map[string]bool{}
	var anchor string
	add := func(key, fields string) {
		if value := one(t, "value", "flow", "flow", "nothing", "anchor"); value == "anchor" && fields != "" && anchors {
			if anchor != "" && one(t, "use", "yes", "no") == "yes" {
				entries = append(entries, key+": *"+anchor)
				return
			}
			anchor = fmt.Sprintf("a%d", len(entries))
			entries = append(entries, key+": &"+anchor+" {"+fields+"}")
			return
		} else if value == "nothing" {
			fields = ""
		}
		entries = append(entries, key+": {"+fields+"}")
	}
	for _, s := range o.Servers {
		lower := strings.ToLower(s.Name)
		if seen[lower] || !fleet.ValidName(s.Name) || strings.HasSuffix(s.Name, "--next") || one(t, "list", "yes", "no", "no") == "no" {
			continue
		}
		seen[lower] = true
		fields := one(t, "fields", "", "plan: 1", "os: 5, location: us-west", "plan: 2, hostname: \"{name}.example.com\"", "location: us-east, hostname: 'fixed.example.com'", "labels: { who: \"Zoë\" }, status: active", "backups_enabled: true")
		add(one(t, "quotes", `"`+s.Name+`"`, "'"+s.Name+"'"), fields)
	}
	if one(t, "ranges", "yes", "no") == "yes" && !seen["new-1"] {
		add(`"new-[1:3]"`, "plan: 1, os: 5, location: us-west, hostname: \"n{1}.example.com\"")
	}
	return entries
}
