package importer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// fields are what an entry has to say over the defaults for its servers to be as
// they are.
func (e *entry) fields(d defaults, n *names) (fields []fleet.FieldText) {
	if e.id != "" {
		fields = append(fields, fleet.FieldText{Field: fleet.FieldID, Text: fleet.QuoteID(e.id)})
	}
	if !e.isRange() { // {1} is no hostname, so that it is never a single server's
		d.hostname = strings.ReplaceAll(d.hostname, "{name}", e.servers[0].Name)
	}
	fields = append(fields, e.over(d, n)...)
	if e.powerDiffers(d.status) {
		fields = append(fields, fleet.FieldText{Field: fleet.FieldStatus, Text: unmanaged})
	}
	return fields
}

// over is what is said of values where defaults have others.
func (v values) over(d defaults, n *names) (fields []fleet.FieldText) {
	say := func(f fleet.Field, here, byDefault string, text func(string) string) {
		if here != byDefault && !slices.Contains(d.ignores, f) {
			fields = append(fields, fleet.FieldText{Field: f, Text: text(here)})
		}
	}
	say(fleet.FieldPlan, v.plan, d.plan, n.plans.text)
	say(fleet.FieldOS, v.os, d.os, n.os.text)
	say(fleet.FieldLocation, v.location, d.location, fleet.QuoteText)
	say(fleet.FieldHostname, v.hostname, d.hostname, textOrUnmanaged)
	say(fleet.FieldBackupsEnabled, v.backups, d.backups, func(s string) string { return cmp.Or(s, unmanaged) })
	return fields
}

// unmanaged switches a default off.
const unmanaged = "unmanaged"

// textOrUnmanaged writes a text that servers may lack.
func textOrUnmanaged(text string) string {
	if text == "" {
		return unmanaged
	}
	return fleet.QuoteText(text)
}

// powerDiffers reports whether a default would start or stop a server.
func (e *entry) powerDiffers(byDefault fleet.Status) bool {
	return byDefault != fleet.StatusAny && slices.ContainsFunc(e.servers, func(s *planner.Server) bool {
		target, _ := s.Status.Target()
		return string(target) != string(byDefault)
	})
}

// newEntries are entries as they are written, groups parted by blank lines.
func newEntries(entries []*entry, d defaults, n *names) []fleet.NewEntry {
	size := make(map[string]int) // of each family
	for _, e := range entries {
		size[family(e.key)] += len(e.servers)
	}
	written := make([]fleet.NewEntry, len(entries))
	for i, e := range entries {
		written[i] = fleet.NewEntry{Key: e.key, Fields: e.fields(d, n)}
		if i > 0 {
			before, here := family(entries[i-1].key), family(e.key)
			written[i].Apart = before != here && (size[before] > 1 || size[here] > 1)
		}
	}
	return written
}
