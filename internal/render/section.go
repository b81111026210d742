package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// section is the groups of one kind in a plan, or of what an apply would do about drift.
type section struct {
	Kind    kind
	meaning        // how it is marked
	Word    string // what the rows of a page are filtered by and linked to
	Lead    string // what it begins with, such as Delete 20 servers
	Said    string // what is the same for all of them; "" where that is nothing
	Groups  []group
}

// planSection is a section of a plan.
func planSection(k kind, groups []group) section {
	s := section{Kind: k, meaning: meanings[k], Word: string(k), Groups: groups}
	n := s.servers()
	s.Lead, s.Said = s.meaning.title+" "+servers(n), s.ofMany
	if n == 1 {
		s.Said = s.of1
	}
	switch k {
	case kindBlocked:
		s.Lead = s.meaning.title + " " + entries(n)
	case kindExcluded:
		s.Lead = fmt.Sprintf("%s %d", s.meaning.title, n)
	case kindNote:
		s.Lead = s.meaning.title
	case kindUpdate:
		s.Said = s.rebooted()
	}
	return s
}

// blockedSection is entries that nothing was done to.
func blockedSection(blocked []planner.Blocked) section {
	return planSection(kindBlocked, groupsOf(each(blocked, blockedFact)))
}

// members are all servers of a section.
func (s section) members() (all members) {
	for _, g := range s.Groups {
		all = append(all, g.Members...)
	}
	return all
}

func (s section) servers() int { return len(s.members()) }

// title is a section's whole title.
func (s section) title() string { return strings.TrimSuffix(s.Lead+", "+s.Said, ", ") }

// rebooted says how many of a section's servers are rebooted after their update.
func (s section) rebooted() string {
	n := 0
	for _, g := range s.Groups {
		if g.Then == planner.ActionReboot {
			n += len(g.Members)
		}
	}
	switch n {
	case 0:
		return ""
	case s.servers():
		return "then reboot"
	}
	return fmt.Sprintf("then reboot %d of them", n)
}

// needsCare reports whether a section is to be read first: an empty line divides it
// from what loses nothing.
func (s section) needsCare() bool { return s.Kind.losesData() || s.Kind == kindBlocked }

// isBrief reports whether a section is a paragraph. It is none where there is a remark on
// some of its servers.
func (s section) isBrief() bool {
	return s.brief && !slices.ContainsFunc(s.Groups, func(g group) bool { return g.Remark != "" })
}
