// Package ci writes what continuous-integration systems read beside the output
// for people: findings at lines of the fleet file, and what a plan comes to, as
// GitHub Actions and GitLab want them. It is made of pure functions from a plan or
// problems to text; where that goes is decided by internal/cli. How a plan looks
// to people, in Markdown too, belongs to internal/render.
package ci

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// Finding is something to show at a line of a fleet file.
type Finding struct {
	Pos     fleet.Pos // its File relative to the repository; the zero Pos is no place
	Warning bool      // it does not stop the run, as a blocked entry does not; all else is an error
	Title   string
	Text    string // what is wrong, then what to do; nothing in it moves a terminal
	Same    string // equal for findings that are the same, however they are worded and wherever they stand
}

// FromProblems makes findings of the mistakes in fleet files, each at its line.
func FromProblems(problems fleet.Problems) (found []Finding) {
	for _, p := range problems {
		found = append(found, Finding{Pos: p.Pos, Title: "fleet file", Text: text(p.Message, p.Hint), Same: p.Message})
	}
	return found
}

// FromWarnings makes findings of what may be a mistake, each at its line.
func FromWarnings(warnings fleet.Problems) []Finding {
	found := FromProblems(warnings)
	for i := range found {
		found[i].Warning = true
	}
	return found
}

// FromPlan makes findings of a plan's blocked entries, each at the line that
// is blocked. What is said of several servers there, as of a range, is one.
func FromPlan(p *planner.Plan) (found []Finding) {
	at := make(map[fleet.Pos][]planner.Blocked)
	var places []fleet.Pos
	for _, b := range p.Blocked {
		pos := b.Reason.Place()
		if at[pos] == nil {
			places = append(places, pos)
		}
		at[pos] = append(at[pos], b)
	}
	for _, pos := range places {
		for _, s := range render.Statements(at[pos]) {
			title := "blocked: " + render.Escape(s.Names[0])
			if len(s.Names) > 1 {
				title = fmt.Sprintf("blocked: %d servers", len(s.Names))
			}
			found = append(found, Finding{Pos: pos, Warning: true, Title: title, Text: text(s.Message, s.Hint), Same: string(s.Code) + strings.Join(s.Names, "\n")})
		}
	}
	return found
}

func text(message, hint string) string {
	if hint == "" {
		return render.Escape(message)
	}
	return render.Escape(message) + "\nhint: " + render.Escape(hint)
}

// output is one thing that later steps of a pipeline may ask for. No value is
// text from the API or a file: each is a number, a boolean or a digest.
type output struct{ name, value string }

// outputs are changes (whether there are any), the digest, and how many changes
// there are of each kind, how many blocked entries and how many unlisted servers.
func outputs(p *planner.Plan) []output {
	out := []output{{"changes", strconv.FormatBool(!p.Empty())}, {"digest", p.Digest()}}
	count := p.Count()
	for _, a := range planner.Actions {
		out = append(out, output{string(a), strconv.Itoa(count[a])})
	}
	return append(out, output{"blocked", strconv.Itoa(len(p.Blocked))}, output{"unlisted", strconv.Itoa(len(p.Unlisted))})
}

// assignments writes outputs as lines of NAME=VALUE.
func assignments(out []output, name func(string) string) []byte {
	var b bytes.Buffer
	for _, o := range out {
		fmt.Fprintf(&b, "%s=%s\n", name(o.name), o.value)
	}
	return b.Bytes()
}
