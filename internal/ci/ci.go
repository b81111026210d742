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
}

// FromProblems makes findings of the mistakes in fleet files, each at its line.
func FromProblems(problems fleet.Problems) (found []Finding) {
	for _, p := range problems {
		found = append(found, Finding{Pos: p.Pos, Title: "fleet file", Text: text(p.Message, p.Hint)})
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
// would allow it. What is said of several servers there, as of a range, is one.
func FromPlan(p *planner.Plan) (found []Finding) {
	at := make(map[Finding]int) // where each is in found, known by all but its title
	servers := make(map[Finding]int)
	for _, b := range p.Blocked {
		f := Finding{Pos: position(b.At), Warning: true, Text: text(b.Reason, b.Hint)}
		if servers[f]++; servers[f] > 1 {
			found[at[f]].Title = fmt.Sprintf("blocked: %d servers", servers[f])
			continue
		}
		at[f] = len(found)
		f.Title = "blocked: " + render.Escape(b.Name)
		found = append(found, f)
	}
	return found
}

func text(message, hint string) string {
	if hint == "" {
		return render.Escape(message)
	}
	return render.Escape(message) + "\nhint: " + render.Escape(hint)
}

// position reads a place that is written as file:line:column. Anything else is no place.
func position(at string) fleet.Pos {
	rest, column, ok := cutLastNumber(at)
	file, line, ok2 := cutLastNumber(rest)
	if !ok || !ok2 {
		return fleet.Pos{}
	}
	return fleet.Pos{File: file, Line: line, Column: column}
}

func cutLastNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
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
