package render

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// cardSection is the cards that stand under one title.
type cardSection struct {
	Title string
	Cards []card
}

// card is a group on a page, and in a result what became of it.
type card struct {
	Kind          string // what it is filtered by: an action, waiting, blocked, unlisted, excluded or note
	Symbol, Title string
	Verb          string // the action; "" where nothing is changed
	Members       []member
	Names         []string // of several members, as ranges
	Fields        []fieldParts
	What, Warning string
	Reason, Hint  string
	Outcome       apply.Outcome // "" on the page of a plan
	Took          string        // "" where it took no time
	Address       string        // of a server that was made
	Error         string
}

// fieldParts is a field's old and new value, with the parts of them that differ.
type fieldParts struct {
	Name     string
	Old, New []part
}

func newCard(g group, kind string) card {
	c := card{Kind: kind, Symbol: g.Symbol, Title: g.title(), Verb: string(g.Action), Members: g.Members,
		What: g.What, Warning: g.warning(), Reason: g.Reason, Hint: g.Hint}
	if len(g.Members) == 1 {
		c.Title = g.subject()
	} else {
		c.Names = g.names()
	}
	for _, f := range g.Fields {
		old, new := changedParts(f)
		c.Fields = append(c.Fields, fieldParts{string(f.Field), old, new})
	}
	return c
}

// The titles of a result's sections, beside those of a plan's.
const (
	titleUndone = "Not done"
	titleLost   = "Deleted and replaced"
	titleDone   = "Done"
)

// resultSections are all reports, what was not done first, then what was lost.
func resultSections(r *apply.Result) []cardSection {
	var undone, blocked, lost, done []card
	for _, rep := range r.Reports {
		switch c := reportCard(rep); {
		case rep.Outcome != apply.Done:
			undone = append(undone, c)
		case rep.Change != nil && isLoss(rep.Change):
			lost = append(lost, c)
		default:
			done = append(done, c)
		}
	}
	for _, b := range r.Blocked {
		blocked = append(blocked, newCard(newGroup(blockedFact(b)), string(kindBlocked)))
	}
	sections := []cardSection{{titleUndone, undone}, {meanings[kindBlocked].title, blocked}, {titleLost, lost}, {titleDone, done}}
	return slices.DeleteFunc(sections, func(s cardSection) bool { return len(s.Cards) == 0 })
}

// reportCard is one report on a page.
func reportCard(rep apply.Report) card {
	var f fact
	if rep.Change != nil {
		f = changeFact(rep.Change)
	} else {
		f = waitFact(*rep.Wait)
	}
	g := newGroup(f)
	c := newCard(g, cmp.Or(string(g.Action), string(kindWait)))
	c.Address = rep.IPAddress
	c.Members[0].ID = rep.ID // by now; the data that is lost was the old one's
	if c.Outcome = rep.Outcome; c.Outcome != apply.Done {
		c.Warning = "" // nobody knows that it is lost
	}
	if rep.Duration > 0 {
		c.Took = lasted(rep.Duration)
	}
	if rep.Err != nil {
		c.Error, c.Hint = errorMessage(rep.Err), Hint(rep.Err)
	}
	return c
}

// lasted writes a duration for people.
func lasted(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return span(d)
}

func servers(n int) string {
	if n == 1 {
		return "1 server"
	}
	return fmt.Sprintf("%d servers", n)
}
