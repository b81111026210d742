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
const driftVersion = 1

// driftWords is how each kind of drift is marked.
var driftWords = map[planner.DriftKind]word{
	planner.DriftMissing:  {symbol: "-", color: red},
	planner.DriftChanged:  {symbol: "~", color: yellow},
	planner.DriftPower:    {symbol: "~", color: yellow},
	planner.DriftStatus:   {symbol: "!", color: red},
	planner.DriftUnwanted: {symbol: "+", color: yellow},
	planner.DriftUnlisted: {symbol: "?", color: yellow},
	planner.DriftUnclear:  {symbol: "!", color: red},
}

// Drift shows how servers differ from the file, what is only pending, the totals
// and the fingerprint. before says that drift was reported the last time.
func Drift(d *planner.Drift, before bool, s Style) string {
	var b strings.Builder
	b.WriteString(s.paint(bold, heading(d.Account, d.Endpoint)) + "\n")
	s.section(&b, "", driftRows(merge(each(d.Differences, driftGroup), many), s))
	s.section(&b, "Newly written in the file, and not applied yet:", driftRows(merge(each(d.Pending, driftGroup), many), s))
	b.WriteString("\n" + s.paragraph(bold, driftTotal(d, before)))
	if f := d.Fingerprint(); f != "" {
		b.WriteString(s.paint(dim, "Fingerprint: "+f) + "\n")
	}
	return b.String()
}

// driftGroup is one difference as it is shown. Which server is there stands apart
// from what is said of it, so that many can be one group.
func driftGroup(x planner.Difference) group {
	g := group{Drift: x.Kind, Symbol: driftWords[x.Kind].symbol, Members: []member{{Name: x.Name, ID: strings.Join(x.IDs, ", ")}}}
	g.What = strings.TrimPrefix(x.String(), g.whichIsThere())
	if x.At != "" {
		g.Reason = "(" + x.At + ")"
	}
	return g
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
	Drift         []planner.Difference      `json:"drift"`
	Pending       []planner.Difference      `json:"pending"`
}

// DriftJSON writes the drift as one JSON document. reported says that an earlier
// run has told of this drift already.
func DriftJSON(w io.Writer, d *planner.Drift, reported bool) error {
	enc := json.NewEncoder(planner.EscapeJSON(w))
	enc.SetIndent("", "  ")
	return enc.Encode(driftDocument{
		FormatVersion: driftVersion, Account: d.Account, Endpoint: d.Endpoint, Fingerprint: d.Fingerprint(), Reported: reported,
		Summary: d.Count(), Drift: append([]planner.Difference{}, d.Differences...), Pending: append([]planner.Difference{}, d.Pending...),
	})
}
