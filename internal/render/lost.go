package render

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// dataLoss is whose data a run has destroyed.
type dataLoss struct {
	Deleted  []string
	Replaced []string
	Perhaps  []string // nobody can tell
}

// certainty is whether something has happened.
type certainty int

const (
	no certainty = iota
	perhaps
	yes
)

func lostBy(r *apply.Result) (l dataLoss) {
	for _, rep := range r.Reports {
		switch name := reportName(rep); {
		case oldIsGone(rep) == perhaps:
			l.Perhaps = append(l.Perhaps, name)
		case oldIsGone(rep) == no:
		case rep.Change.Action() == planner.ActionDelete:
			l.Deleted = append(l.Deleted, name)
		default:
			l.Replaced = append(l.Replaced, name)
		}
	}
	return l
}

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
	case f == fateNotStarted, rep.Started.IsZero(), nothingSent(rep.Err):
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

// nothingSent reports whether a change has ended before its first request that changes
// something.
func nothingSent(err error) bool {
	var why *apply.Error
	if !errors.As(err, &why) {
		return false
	}
	switch why.Code {
	case planner.CodeGone, planner.CodeChanged, planner.CodeTaken, planner.CodeStatus, planner.CodeNotRead, planner.CodeNeeds, planner.CodeNoCredit:
		return true
	}
	return false
}

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

// text says what was destroyed, or that nothing was; c is red where something was.
func (l dataLoss) text() (text string, c color) {
	names := func(list []string) string { return strings.Join(ranges(list), ", ") }
	var parts []string
	if n := len(l.Deleted); n > 0 {
		parts = append(parts, fmt.Sprintf("deleted %d: %s", n, names(l.Deleted)))
	}
	if n := len(l.Replaced); n > 0 {
		parts = append(parts, fmt.Sprintf("replaced %d: %s", n, names(l.Replaced)))
	}
	if n := len(l.Perhaps); n > 0 {
		parts = append(parts, fmt.Sprintf("perhaps deleted %d: %s", n, names(l.Perhaps)))
	}
	if parts == nil {
		return "Nothing was deleted.", plain
	}
	return "Data gone: " + strings.Join(parts, "; ") + ".", red
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
		added, ended, _, known := prices.change(rep.Change)
		c.Known = c.Known && known
		if there := newIsThere(rep); there != no {
			c.Most += added
			if there == yes {
				c.Least += added
			}
		}
		if gone := oldIsGone(rep); gone != no {
			c.Least -= ended
			if gone == yes {
				c.Most -= ended
			}
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
