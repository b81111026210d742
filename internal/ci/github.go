package ci

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// maxAnnotations is how many annotations of a kind GitHub shows for a step; more
// would only be noise in its log.
const maxAnnotations = 10

// GitHubSummary is how many bytes GitHub takes as the summary of one step.
const GitHubSummary = 1 << 20

// GitHubOutputs writes what a plan comes to as lines for the file of
// GITHUB_OUTPUT.
func GitHubOutputs(p *planner.Plan) []byte {
	return assignments(outputs(p), func(name string) string { return name })
}

// Annotations writes findings as workflow commands, a line each, which GitHub
// shows at the lines of the files.
func Annotations(found []Finding) string {
	var b strings.Builder
	shown := map[bool]int{}
	for _, f := range found {
		if shown[f.Warning]++; shown[f.Warning] > maxAnnotations {
			continue
		}
		command, place := "error", ""
		if f.Warning {
			command = "warning"
		}
		if f.Pos.Line > 0 {
			place = fmt.Sprintf("file=%s,line=%d,col=%d,", property.Replace(render.Escape(f.Pos.File)), f.Pos.Line, f.Pos.Column)
		}
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", command, place, property.Replace(f.Title), data.Replace(f.Text))
	}
	return b.String()
}

// data and property escape text in a workflow command as GitHub's own toolkit
// does, so that no text begins another command or property.
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
