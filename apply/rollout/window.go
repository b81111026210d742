package rollout

import (
	"cmp"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// closed is why a turn must not begin at this time of all; nil where it may. A freeze
// wins over windows.
func (s *survey) closed(t *Turn) *Hold {
	if f := frozen(t.Freezes, s.Now); f != nil && !s.OverrideFreeze {
		h := held(planner.CodeFreeze, AwaitsTime)
		h.Name, h.Until = f.Reason, s.opens(t)
		return h
	}
	if fits(t.Windows, s.Now, t.Estimate) {
		return nil
	}
	h := held(planner.CodeWindow, AwaitsTime)
	h.Until = s.opens(t)
	return h
}

// opens is when a turn may begin next by windows and freezes; zero where that is more
// than a year ahead.
func (s *survey) opens(t *Turn) time.Time {
	end := s.Now.AddDate(1, 0, 0)
	for at := s.Now; at.Before(end); {
		if f := frozen(t.Freezes, at); f != nil && !s.OverrideFreeze {
			at = f.ends()
			continue
		}
		next, ok := opening(t.Windows, at, t.Estimate)
		if !ok {
			return time.Time{}
		}
		if next.Equal(at) {
			return at
		}
		at = next
	}
	return time.Time{}
}

// frozen is a freeze that holds at a time; nil: none does.
func frozen(list []fleet.Freeze, at time.Time) *freeze {
	for i := range list {
		f := (*freeze)(&list[i])
		if zone := f.Zone.Location(); !at.Before(startOfDay(f.From, zone)) && at.Before(f.ends()) {
			return f
		}
	}
	return nil
}

type freeze fleet.Freeze

// ends is the end of the freeze's last day.
func (f *freeze) ends() time.Time {
	next := f.Until
	next.Day++
	return startOfDay(next, f.Zone.Location())
}

// fits reports whether what takes so long may begin now: no window is about it, or it
// fits into what is left of one that is open.
func fits(windows []fleet.Window, now time.Time, takes time.Duration) bool {
	at, ok := opening(windows, now, takes)
	return ok && at.Equal(now)
}

// opening is the first time from one on at which something that takes so long fits into
// a window. Every window opens within a week, but the clock may skip its hours once.
func opening(windows []fleet.Window, from time.Time, takes time.Duration) (at time.Time, ok bool) {
	if len(windows) == 0 {
		return from, true
	}
	for _, o := range openings(windows, from, 15) {
		if at = o.from; at.Before(from) {
			at = from
		}
		if at.Before(o.until) && !at.Add(takes).After(o.until) {
			return at, true
		}
	}
	return time.Time{}, false
}

type span struct{ from, until time.Time }

// openings are the times at which windows are open, over some days, in order; those
// that touch are one.
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
	slices.SortFunc(list, func(a, b span) int { return cmp.Or(a.from.Compare(b.from), a.until.Compare(b.until)) })
	return joined(list)
}

// joined are spans in order, of which those that touch are made one.
func joined(list []span) (whole []span) {
	for _, o := range list {
		if last := len(whole) - 1; last >= 0 && !o.from.After(whole[last].until) {
			if o.until.After(whole[last].until) {
				whole[last].until = o.until
			}
			continue
		}
		whole = append(whole, o)
	}
	return whole
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
