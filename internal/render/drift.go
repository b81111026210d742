package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// driftVersion is the form of the document that DriftJSON writes. It moves when a
// field changes its meaning or goes, not when one is added.
const driftVersion = 2

// Drift shows how servers differ from the file, by what an apply would do about it,
// what is only pending, the totals and the fingerprint. before says that drift was
// reported the last time.
func Drift(run Run, before bool, s Style) string {
	d, v := run.Drift, reviewDrift(run.Drift, run.Plan)
	lines := review{File: v.File}
	all := make([][]item, len(v.Sections))
	var items []item
	for i, sec := range v.Sections {
		all[i] = s.driftItems(lines, sec.Groups, driftMeanings[sec.Kind].color, true)
		for j := range all[i] {
			all[i][j].kept = !sec.Kind.losesData()
		}
		items = append(items, all[i]...)
	}
	pending := s.driftItems(lines, v.Pending, dim, false)
	c := s.columnsFor(append(items, pending...))
	var b strings.Builder
	head := []string{"fleet drift", whose(d.Account, d.Endpoint)}
	if v.File != "" {
		head = append(head, Escape(v.File))
	}
	b.WriteString(s.paragraph(bold, strings.Join(head, " · ")))
	for i, sec := range v.Sections {
		m := driftMeanings[sec.Kind]
		title := fmt.Sprintf("%s %d, %s", m.title, sec.servers(), m.ofMany)
		b.WriteString("\n" + s.paragraph(m.color, title))
		s.items(&b, all[i], c)
	}
	if len(pending) > 0 {
		b.WriteString("\n" + s.paragraph(dim, capitalized(v.whyPending())))
		s.items(&b, pending, c)
	}
	b.WriteString("\n")
	if n := v.losses(); n > 0 {
		b.WriteString(s.paragraph(boldRed, "An apply would destroy the data of "+servers(n)+"."))
	}
	b.WriteString(s.paragraph(bold, v.total(before)))
	if v.servers() > 0 {
		next := "Next: fleet plan shows what an apply would do"
		if n := v.repairable(); n > 0 {
			next += fmt.Sprintf("; fleet apply --only %s repairs %d without any loss", driftRepairs, n)
		}
		b.WriteString(s.paragraph(plain, next+"."))
	}
	if f := d.Fingerprint(); f != "" {
		b.WriteString(s.paragraph(dim, "Fingerprint: "+f))
	}
	return b.String()
}

// driftItems are groups of drift as rows, in words and without the symbols of a plan.
// Where they have a title, it says what is missing, and what is too many.
func (s Style) driftItems(r review, groups []group, c color, titled bool) (items []item) {
	for _, g := range groups {
		switch g.Kind, g.Remark = "", ""; g.Drift {
		case planner.DriftMissing, planner.DriftUnwanted, planner.DriftUnlisted:
			if titled {
				g.Drift, g.What = "", "" // the title says it
			}
		}
		it := s.groupItem(r.shorter(g))
		it.symbol, it.color, it.at = "·", c, r.lines(g)
		items = append(items, it)
	}
	return items
}

// driftText says how a server is not as the file says; what is unclear has a reason.
func driftText(f *fact) string {
	switch f.Drift {
	case planner.DriftMissing:
		return "it does not exist"
	case planner.DriftUnwanted:
		return "exists, and the file says absent: true"
	case planner.DriftUnlisted:
		return "exists, and no entry lists it"
	case planner.DriftStatus:
		return fmt.Sprintf("status is %s, and fleet does nothing to such a server", f.Fields[0].From)
	}
	return differences(f.Fields)
}

// whichIsThere begins what is said of servers that should not be there.
func (g group) whichIsThere() string {
	switch {
	case g.Drift != planner.DriftUnwanted && g.Drift != planner.DriftUnlisted:
		return ""
	case len(g.Members) == 1:
		return "server " + g.Members[0].ID + " "
	}
	return "each "
}

// total is the closing line, which counts servers: Drift: 1 missing, 2 changed.
func (v driftReview) total(before bool) string {
	d := v.Drift
	var parts []string
	for _, s := range v.Sections {
		parts = append(parts, counted(s.servers(), driftMeanings[s.Kind].past)...)
	}
	text := "Drift: " + strings.Join(parts, ", ") + "."
	switch {
	case len(parts) > 0:
	case before:
		text = "No drift any more."
	default:
		text = "No drift."
	}
	switch {
	case len(d.Pending) > 0:
		text += fmt.Sprintf(" %d pending.", len(d.Pending))
	case len(parts) == 0 && d.Selected > 0:
		text += " " + areServers(d.Selected) + " as the file says."
	}
	return text
}

type driftDocument struct {
	FormatVersion int                       `json:"format_version"`
	Account       string                    `json:"account"`
	Endpoint      string                    `json:"endpoint"`
	Fingerprint   string                    `json:"fingerprint"`
	Reported      bool                      `json:"reported"`
	Summary       map[planner.DriftKind]int `json:"summary"`
	Drift         []differenceDocument      `json:"drift"`
	Pending       []differenceDocument      `json:"pending"`
}

type differenceDocument struct {
	planner.Difference
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func differenceDocuments(list []planner.Difference) []differenceDocument {
	all := make([]differenceDocument, len(list))
	for i, x := range list {
		g := newGroup(driftFact(x))
		all[i] = differenceDocument{x, g.what(), newStatement(x.Name, x.Reason).hint()}
	}
	return all
}

// DriftJSON writes the drift as one JSON document. reported says that an earlier
// run has told of this drift already.
func DriftJSON(w io.Writer, d *planner.Drift, reported bool) error {
	return WriteJSON(w, driftDocument{
		FormatVersion: driftVersion, Account: d.Account, Endpoint: d.Endpoint, Fingerprint: d.Fingerprint(), Reported: reported,
		Summary: d.Count(), Drift: differenceDocuments(d.Differences), Pending: differenceDocuments(d.Pending),
	})
}
