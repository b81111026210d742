package render

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/planner"
)

// contentsVersion is the form of the document that ContentsJSON writes. It moves
// when a field changes its meaning or goes, not when one is added.
const contentsVersion = 1

// ContentsJSON writes what a shared state keeps as one document.
func ContentsJSON(w io.Writer, c state.Contents) error {
	return WriteJSON(w, struct {
		FormatVersion int `json:"format_version"`
		state.Contents
	}{contentsVersion, c})
}

// Contents tells people what a shared state keeps.
func Contents(c state.Contents) string {
	var b strings.Builder
	b.WriteString("State in " + Escape(c.Place) + "\n")
	if len(c.Accounts) == 0 {
		b.WriteString("\nNo apply has used it yet.\n")
	}
	for _, a := range c.Accounts {
		name := cmp.Or(a.Account, "Runs whose account the API did not tell")
		fmt.Fprintf(&b, "\n%s at %s\n", Escape(name), Escape(a.Endpoint))
		for _, row := range contentsRows(a, c.Now) {
			fmt.Fprintf(&b, "  %-13s %s\n", row[0], Escape(row[1]))
		}
	}
	if len(c.Plans) > 0 {
		b.WriteString("\nKept plans: " + Escape(strings.Join(c.Plans, ", ")) + "\n")
	}
	return b.String()
}

// contentsRows are what is kept of one account, each with its title.
func contentsRows(a state.Account, now time.Time) (rows [][2]string) {
	var owed, sent, drained, groups []string
	for _, d := range a.Deeds {
		switch d.Reboot {
		case deeds.RebootOwed:
			owed = append(owed, d.Name)
		case deeds.RebootSent:
			sent = append(sent, d.Name)
		}
	}
	for _, m := range a.Marks {
		switch {
		case m.Server != nil && !m.Server.Drained.IsZero():
			drained = append(drained, m.Server.Name)
		case m.Group != nil:
			groups = append(groups, fmt.Sprintf("%s (%d to go)", m.Group.Name, len(m.Group.Turns)))
		}
	}
	for _, row := range [][2]string{
		{"lease", holding(a, now)},
		{"in doubt", joined(a.Intents, ", ", func(i apply.Intent) string { return i.Name })},
		{"reboots owed", strings.Join(owed, ", ")},
		{"reboots sent", strings.Join(sent, ", ")},
		{"drained", strings.Join(drained, ", ")},
		{"rollouts", strings.Join(groups, ", ")},
		{"corrections", joined(a.Corrections, ", ", func(c planner.Correction) string { return fmt.Sprintf("%s (%s, %d times)", c.Name, c.What, c.Times) })},
	} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// holding says who has an account's lease.
func holding(a state.Account, now time.Time) string {
	if a.Lease == nil {
		return fmt.Sprintf("nobody has it (epoch %d)", a.Epoch)
	}
	h := a.Lease.Holder
	return fmt.Sprintf("process %d on %s has it (epoch %d), since %s, for another %s unless it is renewed: %s", h.PID, h.Host, a.Epoch,
		h.Since.UTC().Format(time.RFC3339), max(a.Lease.Expires.Sub(now), 0).Round(time.Second), h.Command)
}
