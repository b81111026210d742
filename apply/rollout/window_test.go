package rollout_test

import (
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
)

// window reads a window's days, hours and zone.
func window(t *testing.T, hours, zone string, days ...string) (w fleet.Window) {
	t.Helper()
	for _, name := range days {
		var d fleet.Day
		if err := d.UnmarshalText([]byte(name)); err != nil {
			t.Fatal(err)
		}
		w.Days = append(w.Days, d)
	}
	if err := w.Hours.UnmarshalText([]byte(hours)); err != nil {
		t.Fatal(err)
	}
	if err := w.Zone.UnmarshalText([]byte(zone)); err != nil {
		t.Fatal(err)
	}
	return w
}

func freeze(t *testing.T, from, until, zone string) (f fleet.Freeze) {
	t.Helper()
	for _, err := range []error{f.From.UnmarshalText([]byte(from)), f.Until.UnmarshalText([]byte(until)), f.Zone.UnmarshalText([]byte(zone))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// In Berlin clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on
// 2026-10-25. 2026-03-28 and 2026-10-24 are Saturdays.
func TestWindows(t *testing.T) {
	const berlin = "Europe/Berlin"
	for _, c := range []struct {
		name    string
		windows []fleet.Window
		freezes []fleet.Freeze
		at      string
		takes   time.Duration
		opens   string // "": it is open
	}{
		{"open", []fleet.Window{window(t, "02:00-05:00", berlin, "sat", "sun")}, nil, "2026-03-28T03:00:00+01:00", time.Hour, ""},
		{"another day", []fleet.Window{window(t, "02:00-05:00", berlin, "sat", "sun")}, nil, "2026-03-27T03:00:00+01:00", time.Hour, "2026-03-28T02:00:00+01:00"},
		{"the day of the zone", []fleet.Window{window(t, "00:00-24:00", "Pacific/Auckland", "sun")}, nil, "2026-03-28T13:00:00Z", time.Hour, ""},
		{"it does not fit", []fleet.Window{window(t, "02:00-05:00", berlin)}, nil, "2026-03-28T04:30:00+01:00", time.Hour, "2026-03-29T03:00:00+02:00"},
		{"it just fits", []fleet.Window{window(t, "02:00-05:00", berlin)}, nil, "2026-03-28T04:00:00+01:00", time.Hour, ""},
		{"it never fits", []fleet.Window{window(t, "02:00-03:00", berlin)}, nil, "2026-03-28T04:00:00+01:00", 2 * time.Hour, "never"},
		{"across midnight, before", []fleet.Window{window(t, "22:00-04:00", berlin, "fri")}, nil, "2026-03-27T23:00:00+01:00", time.Hour, ""},
		{"across midnight, after", []fleet.Window{window(t, "22:00-04:00", berlin, "fri")}, nil, "2026-03-28T03:00:00+01:00", time.Hour, ""},
		{"across midnight of another day", []fleet.Window{window(t, "22:00-04:00", berlin, "sat")}, nil, "2026-03-28T03:00:00+01:00", time.Hour, "2026-03-28T22:00:00+01:00"},
		{"days that touch are one", []fleet.Window{window(t, "00:00-24:00", "UTC", "sat", "sun")}, nil, "2026-03-28T23:30:00Z", 2 * time.Hour, ""},
		{"hours that the clock skips", []fleet.Window{window(t, "02:00-03:00", berlin)}, nil, "2026-03-29T01:30:00+01:00", time.Minute, "2026-03-30T02:00:00+02:00"},
		{"hours of which it skips some", []fleet.Window{window(t, "01:30-03:30", berlin)}, nil, "2026-03-29T01:45:00+01:00", 50 * time.Minute, "2026-03-30T01:30:00+02:00"},
		{"hours that it begins amid", []fleet.Window{window(t, "02:30-04:00", berlin)}, nil, "2026-03-29T03:00:00+02:00", time.Hour, ""},
		{"hours that come twice", []fleet.Window{window(t, "01:00-04:00", berlin)}, nil, "2026-10-25T01:00:00+02:00", 4 * time.Hour, ""},
		{"an end that comes twice", []fleet.Window{window(t, "01:00-02:30", berlin)}, nil, "2026-10-25T01:30:00+02:00", 65 * time.Minute, "2026-10-26T01:00:00+01:00"},
		{"leap day", []fleet.Window{window(t, "02:00-05:00", "UTC", "tue")}, nil, "2028-02-29T02:00:00Z", time.Hour, ""},
		{"a freeze wins", []fleet.Window{window(t, "02:00-05:00", berlin)}, []fleet.Freeze{freeze(t, "2026-12-20", "2027-01-02", berlin)}, "2026-12-20T02:00:00+01:00", time.Hour, "2027-01-03T02:00:00+01:00"},
		{"its last minute", nil, []fleet.Freeze{freeze(t, "2026-12-20", "2027-01-02", berlin)}, "2027-01-02T23:59:00+01:00", time.Hour, "2027-01-03T00:00:00+01:00"},
		{"its zone", nil, []fleet.Freeze{freeze(t, "2026-12-20", "2027-01-02", berlin)}, "2027-01-02T23:30:00Z", time.Hour, ""},
		{"before it", nil, []fleet.Freeze{freeze(t, "2026-12-20", "2027-01-02", "UTC")}, "2026-12-19T23:59:59Z", time.Hour, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			w := rollout.World{Now: at, Turns: []*rollout.Turn{{Name: "a", Windows: c.windows, Freezes: c.freezes, Estimate: c.takes}}}
			d := rollout.Decide(w)
			opens := ""
			if h, held := d.Held[0]; held {
				if opens = "never"; !h.Until.IsZero() {
					opens = h.Until.In(at.Location()).Format(time.RFC3339)
				}
			}
			want := c.opens
			if want != "" && want != "never" {
				next, err := time.Parse(time.RFC3339, want)
				if err != nil {
					t.Fatal(err)
				}
				want = next.In(at.Location()).Format(time.RFC3339)
			}
			if opens != want {
				t.Errorf("opens %q, want %q", opens, want)
			}
		})
	}
}
