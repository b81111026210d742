package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// driftVersion is the form of the document that DriftJSON writes. It moves when a
// field changes its meaning or goes, not when one is added.
const driftVersion = 2

// driftWords is how each kind of drift is marked.
var driftWords = map[planner.DriftKind]meaning{
	planner.DriftMissing:  {symbol: "-", color: red},
	planner.DriftChanged:  {symbol: "~", color: amber},
	planner.DriftPower:    {symbol: "~", color: amber},
	planner.DriftStatus:   {symbol: "!", color: red},
	planner.DriftUnwanted: {symbol: "+", color: amber},
	planner.DriftUnlisted: {symbol: "?", color: amber},
	planner.DriftUnclear:  {symbol: "!", color: red},
}

// Drift shows how servers differ from the file, what is only pending, the totals
// and the fingerprint. before says that drift was reported the last time.
func Drift(d *planner.Drift, before bool, s Style) string {
	var b strings.Builder
	b.WriteString(s.paint(bold, heading(d.Account, d.Endpoint)) + "\n")
	s.section(&b, "", driftRows(groupsOf(each(d.Differences, driftFact), many), s))
	s.section(&b, "Newly written in the file, and not applied yet:", driftRows(groupsOf(each(d.Pending, driftFact), many), s))
	b.WriteString("\n" + s.paragraph(bold, driftTotal(d, before)))
	if f := d.Fingerprint(); f != "" {
		b.WriteString(s.paint(dim, "Fingerprint: "+f) + "\n")
	}
	return b.String()
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

func driftRows(groups []group, s Style) []row {
	rows := make([]row, len(groups))
	for i, g := range groups {
		rows[i] = s.groupRow(g)
		rows[i].verb, rows[i].color = string(g.Drift), driftWords[g.Drift].color
	}
	return rows
}

// driftTotal is the closing line: Drift: 1 missing, 2 changed.
func driftTotal(d *planner.Drift, before bool) string {
	count := d.Count()
	var parts []string
	for _, k := range planner.DriftKinds {
		parts = append(parts, counted(count[k], k)...)
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
	enc := json.NewEncoder(planner.EscapeJSON(w))
	enc.SetIndent("", "  ")
	return enc.Encode(driftDocument{
		FormatVersion: driftVersion, Account: d.Account, Endpoint: d.Endpoint, Fingerprint: d.Fingerprint(), Reported: reported,
		Summary: d.Count(), Drift: differenceDocuments(d.Differences), Pending: differenceDocuments(d.Pending),
	})
}
