package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// UnshownAwaited says what a run waits for before it plans.
func UnshownAwaited(e apply.UnshownAwaited) string {
	var names []string
	for _, x := range e.Servers {
		if name := Escape(x.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return "Waiting for the API to show what was done a moment ago to " + few(names)
}

// InDoubt says which creates of earlier runs may have made a server.
func InDoubt(open []apply.Intent) string {
	names := each(open, func(i apply.Intent) string { return i.Name })
	return "An earlier run ended without an answer to creates of " + Escape(strings.Join(ranges(names), ", ")) + ". Their servers are looked for before any is created again."
}

// span writes whole seconds: 5s, 1m05s, 2h03m.
func span(d time.Duration) string {
	n := int(d / time.Second)
	switch {
	case n < 60:
		return fmt.Sprintf("%ds", n)
	case n < 3600:
		return fmt.Sprintf("%dm%02ds", n/60, n%60)
	}
	return fmt.Sprintf("%dh%02dm", n/3600, n/60%60)
}

// minTold is the shortest time worth telling.
const minTold = time.Second
