package render

import "github.com/vps-fleet/fleet/planner"

// rolloutWord is a word about why a disruption does not begin.
func (s statement) rolloutWord(name string) (text string, ok bool) {
	names := joined(s.Servers, ", ", func(o planner.Other) string { return o.Name })
	switch name {
	case "away":
		if names != "" {
			names = "; unavailable: " + names
		}
		return names, true
	case "failed":
		if names != "" {
			names = " because of " + names
		}
		return names, true
	case "patterns":
		return joined(s.Names, ", ", func(p string) string { return `"` + p + `"` }), true
	case "frozen":
		if s.Name == "" {
			return "", true
		}
		return " for " + s.Name, true
	case "until":
		if s.Until.IsZero() {
			return "", true
		}
		return ", until " + s.Until.Format("2006-01-02 15:04 MST"), true
	case "goon":
		if s.Until.IsZero() {
			return "apply the same plan again to let it go on", true
		}
		return "run again then to let it go on", true
	}
	return "", false
}
