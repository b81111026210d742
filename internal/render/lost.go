package render

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// dataLoss is servers whose data a run has destroyed, or perhaps has.
type dataLoss struct {
	What    string
	Servers members
}

// The ways to lose data.
const (
	lossDeleted  = "deleted"
	lossReplaced = "replaced"
	lossPerhaps  = "perhaps deleted" // nobody can tell
)

// lostBy is the data that a run has destroyed, each way once.
func lostBy(r *apply.Result) (lost []dataLoss) {
	for _, what := range []string{lossDeleted, lossReplaced, lossPerhaps} {
		var servers members
		for _, rep := range r.Reports {
			if lossBy(rep) == what {
				servers = append(servers, factOf(rep).Member)
			}
		}
		if servers != nil {
			lost = append(lost, dataLoss{what, servers})
		}
	}
	return lost
}

// lossBy is how a change has destroyed data; "" where it has not.
func lossBy(rep apply.Report) string {
	switch gone := oldIsGone(rep); {
	case gone == perhaps:
		return lossPerhaps
	case gone == no:
		return ""
	case rep.Change.Action() == planner.ActionDelete:
		return lossDeleted
	}
	return lossReplaced
}

// lossCounts says how many servers have lost their data; "" where none has.
func lossCounts(lost []dataLoss) string {
	return joined(lost, ", ", func(l dataLoss) string { return fmt.Sprintf("%d %s", len(l.Servers), l.What) })
}

// certainty is whether something has happened.
type certainty int

const (
	no certainty = iota
	perhaps
	yes
)

// oldIsGone is whether a change has ended a server.
func oldIsGone(rep apply.Report) certainty {
	switch c := rep.Change.(type) {
	case *planner.Delete:
		switch fateOf(rep) {
		case fateDone:
			return yes
		case fateDoubt, fateNotReady: // what was sent, and is still there, may go yet
			return perhaps
		}
	case *planner.Replace:
		return replacedIsGone(c, rep)
	}
	return no
}

// replacedIsGone is oldIsGone of a replacement, which may have ended halfway.
func replacedIsGone(c *planner.Replace, rep apply.Report) certainty {
	made := rep.ID != "" && rep.ID != c.ID
	switch f := fateOf(rep); {
	case f == fateDone:
		return yes
	case f == fateNotStarted, rep.Started.IsZero(), slices.Contains(unsent, reasonOf(rep.Err).Code):
		return no
	case c.Mode == fleet.ReplaceCreateFirst:
		if made && (f == fateDoubt || f == fateFailed) {
			return perhaps
		}
		return no
	case made:
		return yes
	}
	return perhaps
}

// unsent are the codes of changes that have ended before their first request that changes
// something.
var unsent = []planner.Code{planner.CodeGone, planner.CodeChanged, planner.CodeTaken, planner.CodeStatus, planner.CodeNotRead,
	planner.CodeNeeds, planner.CodeNoCredit}

// newIsThere is whether a change has made a server.
func newIsThere(rep apply.Report) certainty {
	f := fateOf(rep)
	made := exists(f)
	if c, ok := rep.Change.(*planner.Replace); ok {
		made = f == fateDone || rep.ID != "" && rep.ID != c.ID
	}
	switch {
	case made:
		return yes
	case f == fateDoubt:
		return perhaps
	}
	return no
}

// costNow is what the servers cost a month after a run, between two limits where
// something is in doubt.
type costNow struct {
	Any          bool // something costs
	Known        bool // no price is missing of what the plan changes
	Before, Plan fleet.Money
	Least, Most  fleet.Money
}

// costAfter adds up what was done.
func costAfter(p *planner.Plan, r *apply.Result) costNow {
	c := costNow{Any: len(p.Cost.Rows) > 0, Known: true, Before: p.Cost.Before, Plan: p.Cost.After, Least: p.Cost.Before, Most: p.Cost.Before}
	prices := pricesOf(p.Cost)
	for _, rep := range r.Reports {
		var change costChange
		change.add(rep.Change, prices)
		c.Known = c.Known && !change.Unknown
		switch newIsThere(rep) {
		case yes:
			c.Least += change.Added
			c.Most += change.Added
		case perhaps:
			c.Most += change.Added
		}
		switch oldIsGone(rep) {
		case yes:
			c.Least -= change.Ended
			c.Most -= change.Ended
		case perhaps:
			c.Least -= change.Ended
		}
	}
	return c
}

// now is what the servers cost by now: 60.00, or 60.00 to 75.00.
func (c costNow) now() string {
	text := c.Least.String()
	if c.Most != c.Least {
		text += " to " + c.Most.String()
	}
	if !c.Known {
		text = "at least " + c.Least.String()
	}
	return text
}

// text is the line of what the servers cost by now, and what the plan has said; "" where
// none costs anything.
func (c costNow) text() string {
	switch {
	case !c.Any:
		return ""
	case c.Least == c.Most && c.Most == c.Plan && c.Plan == c.Before:
		return fmt.Sprintf("Cost %s a month, as before.", c.now())
	case c.Least == c.Most && c.Most == c.Plan:
		return fmt.Sprintf("Cost now %s a month, as planned; it was %s.", c.now(), c.Before)
	}
	return fmt.Sprintf("Cost now %s a month; it was %s, and the plan said %s.", c.now(), c.Before, c.Plan)
}
