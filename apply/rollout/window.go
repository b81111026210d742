package rollout

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// closed is why a turn must not begin at this time of all; nil where it may. A freeze
// wins over windows.
func (s *survey) closed(t *Turn) *Hold {
	until := s.opens(t)
	if until.Equal(s.Now) {
		return nil
	}
	h := held(planner.CodeWindow, AwaitsTime)
	if f := s.frozen(t, s.Now); f != nil {
		h.Code, h.Name = planner.CodeFreeze, f.Reason
	}
	h.Until = until
	return h
}

// opens is when a turn may begin next by windows and freezes; zero where that is more
// than a year ahead.
func (s *survey) opens(t *Turn) time.Time {
	end := s.Now.AddDate(1, 0, 0)
	for at := s.Now; at.Before(end); {
		if f := s.frozen(t, at); f != nil {
			at = ends(f)
			continue
		}
		next := opening(t.Windows, at, t.Estimate)
		if next.IsZero() || next.Equal(at) {
			return next
		}
		at = next
	}
	return time.Time{}
}

// frozen is a freeze that keeps a turn from beginning at a time; nil: none does.
func (s *survey) frozen(t *Turn, at time.Time) *fleet.Freeze {
	for i := range t.Freezes {
		f := &t.Freezes[i]
		if !s.OverrideFreeze && !at.Before(startOfDay(f.From, f.Zone.Location())) && at.Before(ends(f)) {
			return f
		}
	}
	return nil
}

// ends is the end of a freeze's last day.
func ends(f *fleet.Freeze) time.Time {
	next := f.Until
	next.Day++
	return startOfDay(next, f.Zone.Location())
}

// opening is the first time from one on at which something that takes so long fits into
// windows, of which those that touch are one; zero where there is none. Every window
// opens within a week, but the clock may skip its hours once.
func opening(windows []fleet.Window, from time.Time, takes time.Duration) time.Time {
	if len(windows) == 0 {
		return from
	}
	var at, until time.Time
	for _, o := range openings(windows, from, 15) {
		if at.IsZero() || o.from.After(until) {
			at = o.from
		}
		if o.until.After(until) {
			until = o.until
		}
		if at.Before(from) {
			at = from
		}
		if at.Before(until) && !at.Add(takes).After(until) {
			return at
		}
	}
	return time.Time{}
}

type span struct{ from, until time.Time }

// openings are the times at which windows are open, over some days, in order.
func openings(windows []fleet.Window, from time.Time, days int) (list []span) {
	for _, w := range windows {
		zone := w.Zone.Location()
		y, m, d := from.In(zone).Date()
		for i := -1; i < days; i++ {
			day := fleet.Date{Year: y, Month: m, Day: d + i}
			if len(w.Days) > 0 && !slices.Contains(w.Days, fleet.Day(time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC).Weekday())) {
				continue
			}
			end := day
			if w.Hours.Until <= w.Hours.From {
				end.Day++
			}
			if o := (span{reaches(day, w.Hours.From, zone), reaches(end, w.Hours.Until, zone)}); o.from.Before(o.until) {
				list = append(list, o)
			}
		}
	}
	slices.SortFunc(list, func(a, b span) int { return a.from.Compare(b.from) })
	return list
}

func startOfDay(d fleet.Date, zone *time.Location) time.Time { return reaches(d, 0, zone) }

// reaches is the first time at which clocks show so many minutes of a day, or more:
// where they are put forward over it, when they are; where they show it twice, the
// first time.
func reaches(d fleet.Date, minutes int, zone *time.Location) time.Time {
	clock := time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, time.UTC)
	before := clock.Add(-offset(clock.Add(-24*time.Hour), zone))
	after := clock.Add(-offset(clock.Add(24*time.Hour), zone))
	if before.After(after) {
		before, after = after, before
	}
	for _, at := range []time.Time{before, after} {
		if at.Add(offset(at, zone)).Equal(clock) {
			return at
		}
	}
	changed, _ := after.In(zone).ZoneBounds()
	return changed
}

// offset is how far clocks of a zone are ahead of UTC at a time.
func offset(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
