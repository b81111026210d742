package planner

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// leastRange is the smallest range that is worth the note.
const leastRange = 3

// noteAtOnce notes that more than half of a range would be away and come back at once,
// with no rollout to hold its servers back: once for all such ranges.
func (d *differ) noteAtOnce() {
	rolled := make(map[string]bool)
	for _, g := range d.plan.Rollouts {
		for _, m := range g.Servers {
			rolled[m.Name] = true
		}
	}
	away := make(map[*fleet.Source][]string)
	for _, c := range d.plan.Changes {
		e, listed := d.fleet.Lookup(c.About().Name)
		if returns(c) && listed && !rolled[e.Name] {
			away[e.Source] = append(away[e.Source], e.Name)
		}
	}
	if len(away) == 0 {
		return
	}
	size := make(map[*fleet.Source]int)
	for i := range d.fleet.Servers {
		size[d.fleet.Servers[i].Source]++
	}
	r, all := Reason{Code: CodeAtOnce}, []string(nil)
	for source, names := range away {
		if size[source] >= leastRange && 2*len(names) > size[source] {
			slices.SortFunc(names, fleet.CompareNames)
			all = append(all, names[0])
			r.Count, r.Names = r.Count+len(names), append(r.Names, commonStart(names))
		}
	}
	if r.Count > 0 {
		slices.SortFunc(r.Names, fleet.CompareNames)
		d.note(slices.MinFunc(all, fleet.CompareNames), r)
	}
}

// returns reports whether a change takes its server away and brings it, or a new one,
// back.
func returns(c Change) bool {
	return Disrupts(c) && (c.Action() == ActionReboot || c.Action() == ActionReplace)
}

// commonStart is a pattern that the names of a range match: what they begin with.
func commonStart(names []string) string {
	first, last := names[0], names[len(names)-1]
	n := 0
	for n < min(len(first), len(last)) && first[n] == last[n] {
		n++
	}
	return strings.TrimRight(first[:n], "0123456789") + "*"
}
