package render

import (
	"fmt"
	"io"
	"slices"
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
	all := s.reviewItems(v.review)
	c := s.columnsFor(slices.Concat(all...))
	var b strings.Builder
	b.WriteString(s.paragraph(bold, "fleet drift · "+whose(d.Account, d.Endpoint)+prefixed(" · ", Escape(v.File))))
	for i, sec := range v.Sections {
		title := sec.title()
		if sec.Kind == kindPending {
			title = capitalized(sec.Said)
		}
		b.WriteString("\n" + s.paragraph(sec.color, title))
		s.items(&b, all[i], c)
	}
	b.WriteString("\n")
	if n := v.losses(); n > 0 {
		b.WriteString(s.paragraph(boldRed, "An apply would destroy the data of "+servers(n)+"."))
	}
	b.WriteString(s.paragraph(bold, v.total(before)))
	b.WriteString(s.paragraph(plain, prefixed("Next: ", joined(v.next(), "", func(p phrase) string { return p.Text }))))
	if f := d.Fingerprint(); f != "" {
		b.WriteString(s.paragraph(dim, "Fingerprint: "+f))
	}
	return b.String()
}

// driftText says how servers are not as the file says; what is unclear has a reason.
func driftText(f *fact, servers members) string {
	which := "each"
	if len(servers) == 1 {
		which = "server " + servers[0].ID
	}
	switch f.Drift {
	case planner.DriftMissing:
		return "it does not exist"
	case planner.DriftUnwanted:
		return which + " exists, and the file says absent: true"
	case planner.DriftUnlisted:
		return which + " exists, and no entry lists it"
	case planner.DriftStatus:
		return fmt.Sprintf("status is %s, and fleet does nothing to such a server", f.Fields[0].From)
	}
	return differences(f.Fields)
}

// total is the closing line, which counts servers: Drift: 1 missing, 2 changed.
func (v driftReview) total(before bool) string {
	d := v.Drift
	var parts []string
	for _, s := range v.Sections {
		if s.Kind != kindPending {
			parts = append(parts, counted(s.servers(), s.past)...)
		}
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

func difference(x planner.Difference) differenceDocument {
	return differenceDocument{x, newGroup(driftFact(x)).What, newStatement(x.Name, x.Reason).hint()}
}

// DriftJSON writes the drift as one JSON document. reported says that an earlier
// run has told of this drift already.
func DriftJSON(w io.Writer, d *planner.Drift, reported bool) error {
	return WriteJSON(w, driftDocument{
		FormatVersion: driftVersion, Account: d.Account, Endpoint: d.Endpoint, Fingerprint: d.Fingerprint(), Reported: reported,
		Summary: d.Count(), Drift: each(d.Differences, difference), Pending: each(d.Pending, difference),
	})
}
