package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// Plan shows all of a plan: its changes and why, what is waited for, blocked or
// not in the file, the guards that it goes beyond, the totals, the cost and the digest.
func Plan(p *planner.Plan, s Style) string {
	var b strings.Builder
	b.WriteString(s.paint(bold, heading(p)) + "\n")
	s.section(&b, "", changeRows(p.Changes, s))
	s.section(&b, "Waiting for:", waitRows(p.Waits, s))
	s.section(&b, "Blocked:", blockedRows(p.Blocked, s))
	s.section(&b, "Unlisted (not in the file, left alone):", unlistedRows(p.Unlisted, s))
	s.section(&b, "Notes:", noteRows(p.Notes, s))
	s.section(&b, "Servers and cost by plan and location:", costRows(p.Cost, s))
	s.section(&b, s.paint(red, "Beyond the guards, so apply will refuse the whole plan:"), violationRows(p.Violations(), s))
	b.WriteString("\n" + s.paint(bold, total(p)) + "\n")
	if also := alsoThere(p); also != "" {
		b.WriteString(also + "\n")
	}
	if cost := costTotal(p.Cost); cost != "" {
		b.WriteString(cost + "\n")
	}
	if !p.Empty() {
		b.WriteString(s.paint(dim, "Digest: "+p.Digest()) + "\n")
	}
	return b.String()
}

func heading(p *planner.Plan) string {
	if p.Account == "" {
		return "Fleet at " + Escape(p.Endpoint)
	}
	return "Fleet of " + Escape(p.Account) + " at " + Escape(p.Endpoint)
}

// section writes rows under a title, after an empty line; nothing without rows.
func (s Style) section(b *strings.Builder, title string, rows []row) {
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n")
	if title != "" {
		b.WriteString(title + "\n")
	}
	s.table(b, rows)
}

// changeRows shows changes. A reason that the change above has too, as in a range,
// is not said again.
func changeRows(changes []planner.Change, s Style) []row {
	var rows []row
	for i, c := range changes {
		r := s.changeRow(c)
		if i > 0 && changes[i-1].Action() == c.Action() && changes[i-1].About().Reason == c.About().Reason {
			r.remark = ""
		}
		rows = append(rows, r)
	}
	return rows
}

func waitRows(waits []planner.Wait, s Style) []row {
	var rows []row
	for _, w := range waits {
		rows = append(rows, row{symbol: "…", color: cyan, name: w.Name, details: []line{s.line(plain, Escape(string(w.From)+" → "+string(w.To)))}})
	}
	return rows
}

func blockedRows(blocked []planner.Blocked, s Style) []row {
	var rows []row
	for _, e := range blocked {
		r := row{symbol: "!", color: red, name: e.Name, details: []line{s.line(plain, Escape(e.Reason))}, hint: e.Hint}
		if !strings.Contains(e.Reason+e.Hint, e.At) { // "" is in every text
			r.remark = "(" + e.At + ")"
		}
		rows = append(rows, r)
	}
	return rows
}

func unlistedRows(servers []planner.Server, s Style) []row {
	var rows []row
	for _, l := range servers {
		rows = append(rows, row{symbol: "?", color: yellow, name: l.Name, details: []line{s.line(plain, server(l))}})
	}
	return rows
}

func noteRows(notes []planner.Note, s Style) []row {
	var rows []row
	for _, n := range notes {
		rows = append(rows, row{name: n.Name, details: []line{s.line(plain, Escape(n.Text))}})
	}
	return rows
}

func violationRows(violations []planner.Violation, s Style) []row {
	var rows []row
	for _, v := range violations {
		rows = append(rows, row{symbol: "!", color: red, details: []line{s.line(plain, Escape(v.Error()))}, hint: v.Hint()})
	}
	return rows
}

// total is the closing line: Plan: 2 to create, 1 to delete.
func total(p *planner.Plan) string {
	if p.Empty() {
		return noChanges(p)
	}
	count := p.Count()
	var parts []string
	for _, a := range planner.Actions {
		if count[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", count[a], a))
		}
	}
	return "Plan: " + strings.Join(parts, ", ") + "."
}

func noChanges(p *planner.Plan) string {
	switch {
	case len(p.Waits) > 0:
		return fmt.Sprintf("No changes. %s still on %s way.", areServers(len(p.Waits)), its(len(p.Waits)))
	case len(p.Blocked) > 0:
		return "No changes that apply may make."
	case p.Scope.Listed == 0:
		return "No changes. The file lists no servers."
	}
	return fmt.Sprintf("No changes. %s as the file says.", areServers(p.Scope.Selected))
}

func areServers(n int) string {
	if n == 1 {
		return "1 server is"
	}
	return fmt.Sprintf("%d servers are", n)
}

func its(n int) string {
	if n == 1 {
		return "its"
	}
	return "their"
}

// alsoThere counts what the total leaves out.
func alsoThere(p *planner.Plan) string {
	parts := counted(len(p.Blocked), "blocked", len(p.Unlisted), "unlisted")
	if len(p.Waits) > 0 && !p.Empty() {
		parts = append(parts, fmt.Sprintf("%d still on %s way", len(p.Waits), its(len(p.Waits))))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "."
}

// counted makes "2 failed" of each number that is not zero and the word after it.
func counted(pairs ...any) []string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != 0 {
			parts = append(parts, fmt.Sprintf("%d %s", pairs[i], pairs[i+1]))
		}
	}
	return parts
}
