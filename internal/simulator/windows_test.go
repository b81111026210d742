package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// overrun is how long a disruption that begins in its window may take beyond it: until
// its new server is ready, and its turn at a slow API has come.
const overrun = 30 * time.Minute

// checkWindow: no server is disrupted long after its window has closed [I13].
func (s *simulation) checkWindow(c *call) {
	if c.verb != "reboot" && c.verb != "stop" && c.method != http.MethodDelete {
		return
	}
	for _, w := range c.process.plan.Windows {
		now, begun := time.Now().UTC(), time.Now().UTC().Add(-overrun)
		if begun.Before(s.began) {
			begun = s.began.UTC()
		}
		text, _ := w.Hours.MarshalText()
		if hours := string(text); !isIn(hours, now) && !isIn(hours, begun) && s.picksOneLetter(c) {
			s.violate("I13", "%s %s is sent at %s, outside of %s", c.method, c.path, now.Format("15:04"), hours)
		}
	}
}

// picksOneLetter reports whether a request is about a server that the plan found, and of
// an entry that the pattern of all windows matches.
func (s *simulation) picksOneLetter(c *call) bool {
	return slices.ContainsFunc(c.process.plan.Changes, func(x planner.Change) bool {
		return x.About().ID == string(c.id) && len(x.About().Name) == 1
	})
}

// isIn reports whether a time of day lies in hours like 22:00-06:00.
func isIn(hours string, at time.Time) bool {
	from, to, _ := strings.Cut(hours, "-")
	now := at.Format("15:04")
	if from < to {
		return from <= now && now < to
	}
	return from <= now || now < to
}
