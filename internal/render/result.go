package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Result shows what became of a plan: what is in doubt, what has failed and what is
// not ready with its errors and hints, then what is done, and in the end whose data is
// gone, how far the run came, what the servers cost by now and what to do next. Of the
// blocked entries that told has, a plan has said why already.
func Result(run Run, told []planner.Blocked, s Style) string {
	v := reviewResult(run.Plan, run.Result)
	var b strings.Builder
	all := make([][]item, len(v.Sections))
	var items []item
	for i, sec := range v.Sections {
		all[i] = s.fateItems(sec)
		items = append(items, all[i]...)
	}
	c := s.columnsFor(items)
	for i, sec := range v.Sections {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.fateTitle(sec))
		s.items(&b, all[i], c)
	}
	s.blockedNow(&b, run.Result.Blocked, told)
	b.WriteString("\n" + newServers(run.Result.Reports) + s.rollouts(v))
	b.WriteString(s.paragraph(boldRed, Escape(lossText(v.Lost))))
	text, color := v.headline()
	if v.left() > 0 && v.Lost == nil {
		text += " Nothing was deleted."
	}
	b.WriteString(s.paragraph(color, text))
	b.WriteString(s.paragraph(plain, v.Cost.text()))
	if next := v.next(); next != "" {
		b.WriteString(s.paragraph(bold, "Next: "+Escape(next)))
		if run.Again != "" {
			b.WriteString(s.command(run.Again))
		}
	}
	return b.String()
}

// fateTitle is the title of a section: what became of how many, and why or what to do
// where that is the same for all.
func (s Style) fateTitle(sec fateSection) string {
	lead, said := sec.title()
	if said != "" {
		lead += ", " + said
		if sec.Error != "" {
			lead = strings.Replace(lead, ", ", ": ", 1)
		}
	}
	text := s.paragraph(sec.color, Escape(lead))
	if sec.Hint != "" {
		for _, l := range s.folded([]line{s.line(plain, "next: "+Escape(strings.ReplaceAll(sec.Hint, "\n", "; ")))}, s.width()-2) {
			text += "  " + l.text + "\n"
		}
	}
	return text
}

// fateItems are the groups of a section as rows: what was to be done, to whom, and
// why it is not done. The names of servers that are done and lose nothing may be cut.
func (s Style) fateItems(sec fateSection) (items []item) {
	for _, g := range sec.Groups {
		it := item{symbol: sec.symbol, color: sec.color, names: []string{g.deed()}}
		if n := len(g.Members); n > 1 {
			it.names[0] = fmt.Sprintf("%d %s", n, g.deed())
		}
		it.details = []line{s.line(plain, Escape(s.whoAndWhy(sec, g)))}
		if g.Hint != "" {
			for _, h := range strings.Split(g.Hint, "\n") {
				it.next = append(it.next, s.line(plain, "next: "+Escape(h)))
			}
		}
		items = append(items, it)
	}
	return items
}

// whoAndWhy names the servers of a group, with the ids of those that exist and cannot
// be used yet, and says why they are not done and how long they took.
func (s Style) whoAndWhy(sec fateSection, g outcomeGroup) string {
	room := s.width() - itemIndent - mostNames
	if room < minDetails { // they stand below what was done
		room = s.width() - itemIndent
	}
	names := wrap(g.Members.ranges(), room)
	switch {
	case sec.Fate != fateDone && sec.Fate != fateNotStarted:
		names = []string{strings.Join(g.namesWithIDs(), ", ")}
	case sec.Fate == fateDone && g.Kind == kindCreate && len(g.Members) == 1:
		names = g.namesWithIDs()
	case sec.Fate == fateDone && !g.Kind.losesData():
		names = cut(g.Members.ranges(), room)
	}
	text := strings.Join(names, " ")
	text += prefixed(": ", g.Error)
	if took := g.took(); took != "" {
		text += " [" + took + "]"
	}
	return text
}

// namesWithIDs are the servers of a group with the ids of those that exist, or as
// ranges where none does.
func (g outcomeGroup) namesWithIDs() []string {
	if !slices.ContainsFunc(g.Members, func(m member) bool { return m.ID != "" }) {
		return g.Members.ranges()
	}
	return each(g.Members, func(m member) string { return withID(m.Name, m.ID) })
}

// took is how long a group took, and where it is several, which took longest.
func (g outcomeGroup) took() string {
	switch {
	case g.Longest < minTold:
		return ""
	case len(g.Members) > 1:
		return "slowest " + g.Slowest + " " + lasted(g.Longest)
	}
	return lasted(g.Longest)
}

// lossText says how many servers have lost their data, and which perhaps have.
func lossText(lost []dataLoss) string {
	text := prefixed("Data gone: ", lossCounts(lost))
	if last := len(lost) - 1; last >= 0 && lost[last].What == lossPerhaps {
		text += ", nobody can tell: " + strings.Join(lost[last].Servers.ranges(), ", ")
	}
	return sentence(text)
}

// blockedNow shows entries that nothing was done to: those that a plan has explained
// by their names alone.
func (s Style) blockedNow(b *strings.Builder, blocked, told []planner.Blocked) {
	known := make(map[string]bool)
	for _, x := range told {
		known[x.Name+x.Reason.Key()] = true
	}
	var old []string
	var news []planner.Blocked
	for _, x := range blocked {
		if known[x.Name+x.Reason.Key()] {
			old = append(old, x.Name)
		} else {
			news = append(news, x)
		}
	}
	if len(news) > 0 {
		sec := blockedSection(news)
		var items []item
		for _, g := range sec.Groups {
			items = append(items, s.groupItem(g, sec.color))
		}
		b.WriteString("\n" + s.paragraph(titleColor(sec.Kind), sec.title()))
		s.items(b, items, s.columnsFor(items))
	}
	if len(old) > 0 {
		s.listed(b, amber, "Blocked, as planned", ranges(old), true)
	}
}

func reportName(r apply.Report) string {
	if r.Change != nil {
		return r.Change.About().Name
	}
	return r.Wait.Name
}

// maxNewServers is how many new servers are told; fleet list tells all.
const maxNewServers = 40

// newServers are the servers that were made, with their addresses.
func newServers(reports []apply.Report) string {
	made := slices.DeleteFunc(slices.Clone(reports), func(r apply.Report) bool { return r.IPAddress == "" })
	if len(made) == 0 {
		return ""
	}
	slices.SortStableFunc(made, func(a, b apply.Report) int { return fleet.CompareNames(reportName(a), reportName(b)) })
	rows := each(made[:min(len(made), maxNewServers)], func(r apply.Report) []string { return []string{"  " + reportName(r), r.IPAddress} })
	text := "New servers:\n" + inColumns(rows)
	if more := len(made) - maxNewServers; more > 0 {
		text += fmt.Sprintf("  and %d more, which fleet list shows\n", more)
	}
	return text + "\n"
}
