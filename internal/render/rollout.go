package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// This file has the policies that a plan is to be carried out by, in words: its
// rollouts, and when its disruptions may begin. Commands stand as they are to be run.

// policyText is one policy: what it is, and what more is to be known of it.
type policyText struct {
	Title string
	Lines []string
}

// policyTexts are all policies of a plan.
func policyTexts(p *planner.Plan) (all []policyText) {
	doubled := make(map[string]bool) // who has a new server beside the old one
	for _, c := range p.Changes {
		if r, ok := c.(*planner.Replace); ok && r.Mode == fleet.ReplaceCreateFirst {
			doubled[r.Name] = true
		}
	}
	for _, g := range p.Rollouts {
		all = append(all, rolloutText(g, doubled))
	}
	for _, r := range p.Ready {
		all = append(all, policyText{"Ready " + strings.Join(ranges(r.Names), ", "), probeLines("when", r.Ready)})
	}
	for _, w := range p.Windows {
		all = append(all, policyText{Title: fmt.Sprintf("Disruptions of %s begin only %s", picked(w.Pick), windowTime(w))})
	}
	for _, f := range p.Freezes {
		text := fmt.Sprintf("No disruption of %s begins from %s until %s %s", picked(f.Pick), f.From, f.Until, f.Zone.Location())
		all = append(all, policyText{Title: text + prefixed(": ", f.Reason)})
	}
	return all
}

// rolloutText is a rollout with its budget, its steps and its order.
func rolloutText(g planner.Group, doubled map[string]bool) policyText {
	r, changed := g.Policy, changedOf(g)
	size := servers(g.Size())
	if g.Size() == 0 {
		size = servers(len(g.Servers)) + ", which leave"
	}
	text := fmt.Sprintf("Rollout %s of %s: %d unavailable at a time", r.Name, size, g.Budget())
	if slices.ContainsFunc(changed, func(name string) bool { return doubled[name] }) {
		text += fmt.Sprintf(", %d new beside old ones", g.Surge())
	}
	if r.Domain != "" {
		text += ", in one " + strings.TrimPrefix(r.Domain, fleet.DomainLabel) + " at a time"
	}
	text += prefixed(", after ", strings.Join(r.After, ", "))
	lines := []string{prefixed("order: ", strings.Join(ranges(changed), ", "))}
	if steps := g.Steps(); len(steps) > 1 {
		lines = append(lines, "steps: "+joined(steps, ", ", strconv.Itoa)+pauseText(r.Pause))
	}
	lines = append(lines, "stops after "+quantity(r.MaxFailures+1, "failure", "failures"))
	lines = append(lines, probeLines("asks first:", r.Gate)...)
	lines = append(lines, probeLines("ready when", r.Ready)...)
	if len(r.Ready) > 0 {
		lines = append(lines, fmt.Sprintf("ready for %s, within %s", round(r.ReadyFor.Duration), round(r.ReadyTimeout.Duration)))
	}
	lines = append(lines, errandText("drain", r.Drain), errandText("restore", r.Restore))
	return policyText{text, present(lines)}
}

// errandText is a command of a rollout and what it is for; "" where there is none.
func errandText(what string, c *fleet.Command) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s: %s (at most %s)", what, commandText(*c), round(c.Timeout.Duration))
}

// changedOf are the names of a group's servers that the plan changes, in order.
func changedOf(g planner.Group) (names []string) {
	for _, m := range g.Servers {
		if m.Changes {
			names = append(names, m.Name)
		}
	}
	return names
}

func pauseText(p fleet.Pause) string {
	switch {
	case p.Manual:
		return "; after each, until the same plan is applied again"
	case p.For.Duration > 0:
		return fmt.Sprintf("; %s between them", round(p.For.Duration))
	}
	return ""
}

// probeLines are probes, one a line.
func probeLines(what string, probes []fleet.Probe) []string {
	return each(probes, func(p fleet.Probe) string { return what + " " + probeText(p) })
}

func probeText(p fleet.Probe) string {
	switch {
	case p.HTTP != nil && p.HTTP.Insecure:
		return fmt.Sprintf("%s answers %d, its certificate not verified", p.HTTP.URL, p.HTTP.Status)
	case p.HTTP != nil:
		return fmt.Sprintf("%s answers %d", p.HTTP.URL, p.HTTP.Status)
	case p.Command != nil:
		return commandText(*p.Command) + " ends with 0"
	case p.Prometheus != nil:
		return fmt.Sprintf("%s is %s at %s", p.Prometheus.Query, p.Prometheus.Expect, p.Prometheus.URL)
	}
	return fmt.Sprintf("port %d answers", p.TCP)
}

// commandText is a command as it is to be run: each argument by itself, in quotes where
// its ends could not be seen.
func commandText(c fleet.Command) string {
	return joined(c.Argv, " ", func(arg string) string {
		if arg == "" || strings.ContainsAny(arg, " \"'\\$`;&|<>*?()") {
			return strconv.Quote(arg)
		}
		return arg
	})
}

// picked is which servers a policy is for.
func picked(p fleet.Pick) string {
	if len(p.Names) == 0 && p.Labels.IsZero() {
		return "all servers"
	}
	labels := ""
	if !p.Labels.IsZero() {
		labels = p.Labels.String()
	}
	return together(" with ", strings.Join(p.Names, ", "), labels)
}

func windowTime(w fleet.Window) string {
	hours, _ := w.Hours.MarshalText() // always encodes
	text := string(hours) + " " + w.Zone.Location().String()
	if len(w.Days) > 0 {
		text = joined(w.Days, ", ", func(d fleet.Day) string { name, _ := d.MarshalText(); return string(name) }) + " " + text
	}
	return text
}

// policies are a plan's policies as text.
func (s Style) policies(p *planner.Plan) string {
	var b strings.Builder
	for i, t := range policyTexts(p) {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.paragraph(bold, Escape(t.Title)))
		if s.View == Summary {
			continue
		}
		for _, l := range t.Lines {
			for _, folded := range Wrap(Escape(l), s.width()-2) {
				b.WriteString("  " + folded + "\n")
			}
		}
	}
	return b.String()
}

// policiesMarkdown are a plan's policies to unfold.
func policiesMarkdown(p *planner.Plan) string {
	texts := policyTexts(p)
	if texts == nil {
		return ""
	}
	var b strings.Builder
	for _, t := range texts {
		b.WriteString(Escape(t.Title) + "\n")
		for _, l := range t.Lines {
			b.WriteString("  " + Escape(l) + "\n")
		}
	}
	return "\n<details><summary><b>Rollouts, windows and probes</b></summary>\n" + fenced("text", truncateLines(b.String(), CommentBytes/8)) + "\n</details>\n"
}
