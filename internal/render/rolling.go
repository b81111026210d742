package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// This file tells how far the rollouts of a run have come, one line each, wherever
// that is shown.

// doings are what is being done to the servers of each rollout of a plan, in one word
// where it is the same for all.
func doings(p *planner.Plan) map[string]string {
	actions := make(map[string]planner.Action)
	for _, c := range p.Changes {
		name := c.About().Name
		if a, ok := actions[name]; !ok || a == planner.ActionUpdate { // the reboot after it counts
			actions[name] = c.Action()
		}
	}
	words := make(map[string]string)
	for _, g := range p.Rollouts {
		for _, name := range changedOf(g) {
			word := cmp.Or(doing[actions[name]], underWay)
			if was, ok := words[g.Policy.Name]; ok && was != word {
				word = underWay
			}
			words[g.Policy.Name] = word
		}
	}
	return words
}

// doing is what is being done to a server, in words.
var doing = map[planner.Action]string{planner.ActionReboot: "rebooting", planner.ActionReplace: "being replaced", planner.ActionStop: "stopping",
	planner.ActionDelete: "being deleted"}

// underWay is what is being done to servers where it is not the same for all, or has no word.
const underWay = "under way"

// rollingText is how far a rollout has come: web: 12 of 24 done, 3 rebooting, 1 waits
// for ready (http 503), budget 6.
func rollingText(g rollout.GroupResult, doing string) string {
	var ready, others string
	if g.Readying > 0 {
		ready = quantity(g.Readying, "waits for ready", "wait for ready") + prefixed(" ", bracketed(g.Probe))
	}
	switch n := g.Away - g.Disrupting - g.Readying; {
	case n > 0 && g.State == rollout.GroupRunning:
		others = fmt.Sprintf("%d unavailable beside these", n)
	case n > 0 && g.State == rollout.GroupStopped:
		others = fmt.Sprintf("%d unavailable", n)
	}
	text := g.Name + ": " + together(", ", rollingState(g), fmt.Sprintf("%d of %d done", g.Done, g.Changed),
		strings.Join(counted(g.Failed, "failed", g.Disrupting, doing), ", "), ready, fmt.Sprintf("budget %d", g.Budget), others)
	switch g.Why.Code {
	case "", planner.CodePaused, planner.CodeWindow, planner.CodeFreeze, planner.CodeHalted: // the state says it
	default:
		if g.State == rollout.GroupStopped || g.Disrupting+g.Readying == 0 {
			message, _ := Explain("", g.Why)
			text += "; " + message
		}
	}
	return text
}

// rollingState is how a rollout goes, with until when or why; "" while it goes on, and
// where it is done.
func rollingState(g rollout.GroupResult) string {
	why := newStatement("", g.Why)
	until := strings.TrimPrefix(why.word("until"), ",")
	switch {
	case g.State == rollout.GroupPaused && until == "":
		return fmt.Sprintf("paused after step %d of %d, until it is let go on", g.Step, g.Steps)
	case g.State == rollout.GroupPaused:
		return fmt.Sprintf("paused after step %d of %d%s", g.Step, g.Steps, until)
	case g.State == rollout.GroupWaiting && g.Why.Code == planner.CodeFreeze:
		return "frozen" + why.word("frozen") + until
	case g.State == rollout.GroupWaiting:
		return "waiting for a window" + until
	case g.State == rollout.GroupStopped && g.Why.Code != planner.CodeHalted:
		return "stopped"
	case g.State == rollout.GroupStopped:
		return "stopped" + why.word("failed")
	}
	return ""
}

// rollingColor is the colour of how a rollout goes, or has ended.
func rollingColor(g rollout.GroupResult) color {
	switch {
	case g.State == rollout.GroupStopped, g.Failed > 0:
		return red
	case g.State == rollout.GroupDone:
		return green
	}
	return amber
}

// rollingNext is what to do about a rollout that does not go on, "" where nothing helps.
func rollingNext(g rollout.GroupResult) string {
	if g.State == rollout.GroupDone || g.State == rollout.GroupRunning {
		return ""
	}
	_, hint := Explain("", g.Why)
	return hint
}

// goOn says what lets a run go on that only waits.
func goOn(r *apply.Result) string {
	var first time.Time
	for _, rep := range r.Reports {
		if until := reasonOf(rep.Err).Until; !until.IsZero() && (first.IsZero() || until.Before(first)) {
			first = until
		}
	}
	if first.IsZero() {
		return "apply the same plan again to let it go on"
	}
	return "run the same command again, from " + first.Format("2006-01-02 15:04 MST") + " on"
}

// rollingRow is a rollout of a result that had servers to change.
type rollingRow struct {
	rollout.GroupResult
	Text  string
	Next  string // what to do about it; "" where nothing helps
	Color color
}

func rollingRows(p *planner.Plan, r *apply.Result) (rows []rollingRow) {
	words := doings(p)
	for _, g := range r.Groups {
		if g.Changed > 0 {
			rows = append(rows, rollingRow{g, rollingText(g, words[g.Name]), rollingNext(g), rollingColor(g)})
		}
	}
	return rows
}

// rollouts are those of a result, with what to do about them.
func (s Style) rollouts(v resultReview) string {
	overridden := s.paragraph(amber, Escape(v.Overridden))
	if v.Rollouts == nil {
		return overridden
	}
	text := s.paragraph(bold, "Rollouts")
	for _, r := range v.Rollouts {
		text += s.paragraph(r.Color, "  "+Escape(r.Text)) + s.paragraph(plain, prefixed("    next: ", Escape(r.Next)))
	}
	return text + overridden + "\n"
}

// lanesOf are the rollouts of a result as lanes of its timeline: what any of their
// servers was doing, and in the end how far they have come.
func (a axis) lanesOf(v resultReview) (rows []pageRow) {
	for _, r := range v.Rollouts {
		i := slices.IndexFunc(v.Plan.Rollouts, func(p planner.Group) bool { return p.Policy.Name == r.Name })
		if i < 0 {
			continue
		}
		names := changedOf(v.Plan.Rollouts[i])
		var spans []apply.Span
		for _, rep := range v.Result.Reports {
			if slices.Contains(names, reportName(rep)) {
				spans = append(spans, rep.Spans...)
			}
		}
		text := strings.TrimPrefix(r.Text, r.Name+": ")
		rows = append(rows, pageRow{Name: r.Name, Note: servers(r.Changed), Next: r.Next, Search: r.Name, Lane: a.newLane(text, spans)})
	}
	return rows
}
