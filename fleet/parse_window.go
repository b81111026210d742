package fleet

import (
	"slices"

	"gopkg.in/yaml.v3"
)

var (
	windowKeys = []string{"names", "labels", "days", "hours", "timezone"}
	freezeKeys = []string{"names", "labels", "from", "until", "timezone", "reason"}
)

// readWindows takes in the windows of one file.
func (r *reader) readWindows(n node) {
	for item := range r.items(n, "windows") {
		w := Window{At: item.pos()}
		for key, value := range r.pairs(item, "a window") {
			switch key.Value {
			case "names", "labels":
				r.pick(&w.Pick, key, value)
			case "days":
				w.Days = r.days(value)
			case "hours":
				r.value(value, "hours", `write "22:00-04:00"; all day is "00:00-24:00"`, &w.Hours)
			case "timezone":
				r.zone(value, &w.Zone)
			default:
				r.unknownKey(key, "a window", windowKeys)
			}
		}
		if item.Kind == yaml.MappingNode && !has(item, "hours") {
			r.problemf(item, `write hours: "02:00-05:00"; all day is "00:00-24:00"`, "a window without hours never opens")
		}
		if len(r.fleet.Windows) == maxPolicies {
			r.problemf(item, "", "more than %d windows", maxPolicies)
			return
		}
		r.fleet.Windows = append(r.fleet.Windows, w)
		r.picks = append(r.picks, writtenPick{item, "window", w.Pick})
	}
}

// days reads the days on which a window opens.
func (r *reader) days(n node) (days []Day) {
	for item := range r.items(n, "days") {
		var d Day
		if d.UnmarshalText([]byte(r.choice(item, "a day", dayNames...))) != nil {
			continue // choice has told it
		}
		if slices.Contains(days, d) {
			r.problemf(item, "", "days lists %s twice", item.Value)
		}
		days = append(days, d)
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.problemf(n, "leave days out for every day", "a window without days never opens")
	}
	return days
}

func (r *reader) zone(n node, into *Zone) {
	r.value(n, "timezone", "write a name of the IANA database, such as Europe/Berlin or UTC", into)
}

// readFreezes takes in the freezes of one file.
func (r *reader) readFreezes(n node) {
	for item := range r.items(n, "freeze") {
		f := Freeze{At: item.pos()}
		for key, value := range r.pairs(item, "a freeze") {
			switch key.Value {
			case "names", "labels":
				r.pick(&f.Pick, key, value)
			case "from":
				r.value(value, "from", "write it as 2026-12-20", &f.From)
			case "until":
				r.value(value, "until", "write it as 2026-12-20", &f.Until)
			case "timezone":
				r.zone(value, &f.Zone)
			case "reason":
				f.Reason, _ = r.text(value, "reason")
			default:
				r.unknownKey(key, "a freeze", freezeKeys)
			}
		}
		r.checkDates(item, f)
		if len(r.fleet.Freezes) == maxPolicies {
			r.problemf(item, "", "more than %d freezes", maxPolicies)
			return
		}
		r.fleet.Freezes = append(r.fleet.Freezes, f)
		r.picks = append(r.picks, writtenPick{item, "freeze", f.Pick})
	}
}

// checkDates refuses a freeze that is never, or for ever.
func (r *reader) checkDates(item node, f Freeze) {
	switch {
	case item.Kind != yaml.MappingNode:
	case !has(item, "from") || !has(item, "until"):
		r.problemf(item, "write { from: 2026-12-20, until: 2027-01-02 }; both days are frozen", "a freeze needs from and until")
	case f.From != (Date{}) && f.Until != (Date{}) && f.Until.In(f.Zone.Location()).Before(f.From.In(f.Zone.Location())):
		r.problemf(item, "exchange the two dates", "the freeze ends on %s, before it begins on %s", f.Until, f.From)
	}
}
