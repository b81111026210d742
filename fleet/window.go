package fleet

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a host without a zone database must not open a window at another time
)

// Window is when disruptions of some servers may begin. A server that no window
// matches may be disrupted at any time.
type Window struct {
	Pick
	Days  []Day `json:"days,omitempty"` // on which it opens; none: every day
	Hours Hours `json:"hours"`
	Zone  Zone  `json:"timezone"`
	At    Pos   `json:"at,omitzero"`
}

// Freeze is when no disruption of some servers may begin, whatever windows say: on
// the days from From until Until, both included.
type Freeze struct {
	Pick
	From   Date   `json:"from"`
	Until  Date   `json:"until"`
	Zone   Zone   `json:"timezone"`
	Reason string `json:"reason,omitempty"`
	At     Pos    `json:"at,omitzero"`
}

// Day is a day of the week; its text is sun, mon, … sat.
type Day time.Weekday

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// MarshalText writes sun, mon, … sat.
func (d Day) MarshalText() ([]byte, error) { return []byte(dayNames[d%7]), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(text []byte) error {
	for i, name := range dayNames {
		if name == string(text) {
			*d = Day(i)
			return nil
		}
	}
	return fmt.Errorf("not a day of the week: %.20q", text)
}

// Hours are the minutes of a day, from 0 to 1440, between which a window is open.
// Where Until is not after From, it is on the next day. The text is 22:00-04:00.
type Hours struct{ From, Until int }

const minutesOfDay = 24 * 60

// MarshalText writes 22:00-04:00.
func (h Hours) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.Until/60, h.Until%60), nil
}

// UnmarshalText reads what MarshalText writes. It does not take hours that begin
// when they end: all day is 00:00-24:00.
func (h *Hours) UnmarshalText(text []byte) error {
	from, until, _ := strings.Cut(string(text), "-")
	var err error
	if h.From, err = clock(from); err != nil {
		return err
	}
	if h.Until, err = clock(until); err != nil {
		return err
	}
	if h.From == h.Until || h.From == minutesOfDay {
		return fmt.Errorf("the window never opens: %.20q", text)
	}
	return nil
}

// clock reads a time of day as minutes.
func clock(text string) (minutes int, err error) {
	if text == "24:00" {
		return minutesOfDay, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("not a time of day: %.20q", text)
	}
	return at.Hour()*60 + at.Minute(), nil
}

// Date is a day of the calendar; its text is 2026-12-20.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// In is when the day begins in a zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// String writes 2026-12-20.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes 2026-12-20.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("not a date: %.20q", text)
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// Zone is a time zone of the IANA database, by name. The zero Zone is UTC.
type Zone struct{ location *time.Location }

// Location is the zone as the time package has it.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// Equal reports whether two zones have one name.
func (z Zone) Equal(other Zone) bool { return z.Location().String() == other.Location().String() }

// MarshalText writes the name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.Location().String()), nil }

// UnmarshalText reads what MarshalText writes. The zone of this host is none, since
// it would be another one elsewhere.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || location == time.Local || len(text) == 0 {
		return fmt.Errorf("not a time zone: %.60q", text)
	}
	if z.location = location; location == time.UTC {
		z.location = nil
	}
	return nil
}
