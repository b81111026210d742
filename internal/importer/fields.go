package importer

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// fields are what an entry has to say over the defaults for its servers to be as
// they are.
func (e *entry) fields(d defaults, n *names) []fleet.FieldText {
	var fields []fleet.FieldText
	add := func(f fleet.Field, text string) { fields = append(fields, fleet.FieldText{Field: f, Text: text}) }
	if e.id != "" {
		add(fleet.FieldID, fleet.QuoteID(e.id))
	}
	if e.plan != d.plan && !d.ignored(fleet.FieldPlan) {
		add(fleet.FieldPlan, n.plans.text(e.plan))
	}
	if e.os != d.os && !d.ignored(fleet.FieldOS) {
		add(fleet.FieldOS, n.os.text(e.os))
	}
	if e.location != d.location && !d.ignored(fleet.FieldLocation) {
		add(fleet.FieldLocation, fleet.QuoteText(e.location))
	}
	if text := e.hostnameText(d.hostname); text != "" {
		add(fleet.FieldHostname, text)
	}
	switch {
	case e.backups == d.backups:
	case e.backups == "":
		add(fleet.FieldBackupsEnabled, unmanaged)
	default:
		add(fleet.FieldBackupsEnabled, e.backups)
	}
	if e.powerDiffers(d.status) {
		add(fleet.FieldStatus, unmanaged)
	}
	return fields
}

// unmanaged switches a default off.
const unmanaged = "unmanaged"

func (d defaults) ignored(f fleet.Field) bool { return slices.Contains(d.ignores, f) }

// hostnameText is what an entry says of its hostname; "" where the default says it.
func (e *entry) hostnameText(byDefault string) string {
	name := e.servers[0].Name
	switch {
	case e.isRange() && e.hostname == byDefault, !e.isRange() && e.hostname == strings.ReplaceAll(byDefault, "{name}", name):
		return "" // {1} is no hostname, so that it is never a single server's
	case e.hostname == "":
		return unmanaged
	}
	return fleet.QuoteText(e.hostname)
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
