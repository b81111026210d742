package fleet

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

var (
	windowKeys = []string{"names", "labels", "days", "hours", "timezone"}
	freezeKeys = []string{"names", "labels", "from", "until", "timezone", "reason"}
)

// readWindows takes in the windows of one file.
func (r *reader) readWindows(n node) {
	for item := range r.items(n, "windows") {
		if r.tooMany(item, len(r.fleet.Windows), "windows") {
			return
		}
		w := r.window(item)
		r.fleet.Windows = append(r.fleet.Windows, w)
		r.picks = append(r.picks, writtenPick{item, "window", w.Pick})
	}
}

// readFreezes takes in the freezes of one file.
func (r *reader) readFreezes(n node) {
	for item := range r.items(n, "freeze") {
		if r.tooMany(item, len(r.fleet.Freezes), "freezes") {
			return
		}
		f := r.freeze(item)
		r.fleet.Freezes = append(r.fleet.Freezes, f)
		r.picks = append(r.picks, writtenPick{item, "freeze", f.Pick})
	}
}

func (r *reader) window(n node) Window {
	o := r.object(n, "a window", windowKeys)
	if o.lacks("hours") {
		r.problemf(n, `write hours: "02:00-05:00"; all day is "00:00-24:00"`, "a window without hours never opens")
	}
	return Window{
		Pick:  r.pick(o),
		Days:  read(o, "days", r.days, nil),
		Hours: read(o, "hours", r.hours, Hours{}),
		Zone:  read(o, "timezone", r.zone, Zone{}),
		At:    n.pos(),
	}
}

func (r *reader) freeze(n node) Freeze {
	o := r.object(n, "a freeze", freezeKeys)
	f := Freeze{
		Pick:   r.pick(o),
		From:   read(o, "from", r.date, Date{}),
		Until:  read(o, "until", r.date, Date{}),
		Zone:   read(o, "timezone", r.zone, Zone{}),
		Reason: read(o, "reason", r.string, ""),
		At:     n.pos(),
	}
	switch {
	case o.lacks("from") || o.lacks("until"):
		r.problemf(n, "write { from: 2026-12-20, until: 2027-01-02 }; both days are frozen", "a freeze needs from and until")
	case f.From != (Date{}) && f.Until != (Date{}) && f.Until.In(time.UTC).Before(f.From.In(time.UTC)):
		r.problemf(n, "exchange the two dates", "the freeze ends on %s, before it begins on %s", f.Until, f.From)
	}
	return f
}

// days reads the days on which a window opens.
func (r *reader) days(n node, what string) (days []Day) {
	for item := range r.items(n, what) {
		var d Day
		if d.UnmarshalText([]byte(r.choice(item, "a day", dayNames...))) != nil {
			continue // choice has told it
		}
		if slices.Contains(days, d) {
			r.problemf(item, "", "%s lists %s twice", what, item.Value)
		}
		days = append(days, d)
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.problemf(n, "leave days out for every day", "a window without days never opens")
	}
	return days
}

func (r *reader) hours(n node, what string) (h Hours) {
	r.value(n, what, `write "22:00-04:00"; all day is "00:00-24:00"`, &h)
	return h
}

func (r *reader) zone(n node, what string) (z Zone) {
	r.value(n, what, "write a name of the IANA database, such as Europe/Berlin or UTC", &z)
	return z
}

func (r *reader) date(n node, what string) (d Date) {
	r.value(n, what, "write it as 2026-12-20", &d)
	return d
}
