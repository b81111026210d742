package importer

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// values are what an entry says of its servers.
type values struct {
	plan, os, location string // ids, and a location's code
	hostname           string // a template; "": none that a fleet file can have
	backups            string // "true", "false", or "" where it is not known
}

// entry is an entry to be written.
type entry struct {
	key string
	id  string // to pin; "" leaves that to the name
	values
	servers []*planner.Server
}

func (e *entry) isRange() bool { return len(e.servers) > 1 }

// minRange is the least servers that are written as a range: two entries are easier to
// change one by one.
const minRange = 3

// entriesOf makes an entry of each server, or of a range of them where all that is
// said of them is the same. They are in natural order.
func entriesOf(chosen []candidate) []*entry {
	var entries []*entry
	alike := make(map[values][]string)
	byName := make(map[string]*planner.Server)
	for _, c := range chosen {
		v := valuesOf(c.live)
		if c.pin {
			v.hostname = fill(v.hostname, c.live.Name)
			entries = append(entries, &entry{c.live.Name, c.live.ID, v, []*planner.Server{c.live}})
			continue
		}
		alike[v] = append(alike[v], c.live.Name)
		byName[c.live.Name] = c.live
	}
	for v, names := range alike {
		for _, s := range fleet.FindSeries(names, minRange) {
			e := &entry{key: s.Key, values: v}
			for _, name := range s.Names {
				e.servers = append(e.servers, byName[name])
			}
			if !e.isRange() {
				e.hostname = fill(v.hostname, s.Names[0])
			}
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b *entry) int { return fleet.CompareNames(a.servers[0].Name, b.servers[0].Name) })
	return entries
}

func valuesOf(s *planner.Server) values {
	v := values{plan: s.Plan.ID, os: s.OS.ID, location: s.Location, backups: boolText(s.BackupsEnabled)}
	if s.Hostname != nil && fleet.ValidHostname(*s.Hostname) {
		v.hostname = template(s.Name, *s.Hostname)
	}
	return v
}

func boolText(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "true"
	}
	return "false"
}

// template is a hostname with {name} in place of the server's name, or else {1} in
// place of the last number of the name, where one of them is in it as a whole.
func template(name, hostname string) string {
	isLetter := func(c byte) bool { return c != '-' && c != '.' }
	if t, ok := replaceWhole(hostname, name, "{name}", isLetter); ok {
		return t
	}
	isDigit := func(c byte) bool { return c >= '0' && c <= '9' }
	t, _ := replaceWhole(hostname, lastNumber(name), "{1}", isDigit)
	return t
}

// replaceWhole replaces the first part of a text that has no more of its kind on
// either side.
func replaceWhole(text, part, by string, isKind func(byte) bool) (replaced string, ok bool) {
	for at := 0; part != "" && at+len(part) <= len(text); at++ {
		end := at + len(part)
		if text[at:end] == part && (at == 0 || !isKind(text[at-1])) && (end == len(text) || !isKind(text[end])) {
			return text[:at] + by + text[end:], true
		}
	}
	return text, false
}

// fill is a hostname with what stands for a placeholder, of an entry that is no range.
func fill(template, name string) string {
	return strings.NewReplacer("{name}", name, "{1}", lastNumber(name)).Replace(template)
}

// lastNumber is the digits of the last number in a name; "" where there is none.
func lastNumber(name string) string {
	end := strings.LastIndexAny(name, "0123456789") + 1
	start := end
	for start > 0 && name[start-1] >= '0' && name[start-1] <= '9' {
		start--
	}
	return name[start:end]
}

// family is what names of one kind have in common: all before the first digit and
// what parts it from the rest, or else the whole name.
func family(key string) string {
	if at := strings.IndexAny(key, "0123456789["); at > 0 {
		key = key[:at]
	}
	return strings.TrimRight(key, " -_.(#")
}
