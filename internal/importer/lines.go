package importer

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// suggest writes the lines that would manage the servers that have got no entry.
func (j Job) suggest(left []Left, d defaults, n *names) {
	n.plans.closed, n.os.closed = true, true
	used := make(map[string]bool)
	for _, s := range j.Observation.Servers {
		used[strings.ToLower(s.Name)] = true
	}
	for _, e := range j.Fleet.Servers {
		used[strings.ToLower(e.Name)] = true
	}
	for i := range left {
		l := &left[i]
		switch l.Why {
		case WhyStatus:
			l.Lines = l.entry(l.Server.Name, d, n)
		case WhyName, WhyDuplicate, WhyTaken:
			l.Lines = l.entry(unused(l.Server.Name, used), d, n)
		case WhyUnclear:
			l.Lines = fmt.Sprintf("    id: %s\n", fleet.QuoteID(l.Server.ID))
		}
	}
}

// entry is an entry of a name for the server.
func (l *Left) entry(name string, d defaults, n *names) string {
	s := &l.Server
	e := entriesOf([]candidate{{s, name != s.Name || !fleet.ValidName(name)}})[0]
	e.key = name
	return fleet.NewEntry{Key: name, Fields: e.fields(d, n)}.Text()
}

var notAName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// unused is a name like another one that the API takes and that nobody has.
func unused(name string, used map[string]bool) string {
	base := strings.Trim(notAName.ReplaceAllString(name, "-"), "-")
	if base == "" {
		base = "server"
	}
	free := base
	for i := 2; used[strings.ToLower(free)]; i++ {
		free = fmt.Sprintf("%s-%d", base, i)
	}
	used[strings.ToLower(free)] = true
	return free
}
