package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

// maxNewServers is how many new servers are told; fleet list tells all.
const maxNewServers = 40

// newServers are the servers that were made, with their addresses.
func (s Style) newServers(reports []apply.Report) string {
	var made []apply.Report
	width := 0
	for _, rep := range reports {
		if rep.IPAddress != "" {
			made = append(made, rep)
			width = max(width, utf8.RuneCountInString(Escape(reportName(rep))))
		}
	}
	if len(made) == 0 {
		return ""
	}
	slices.SortStableFunc(made, func(a, b apply.Report) int { return fleet.CompareNames(reportName(a), reportName(b)) })
	var b strings.Builder
	b.WriteString("New servers:\n")
	for _, rep := range made[:min(len(made), maxNewServers)] {
		b.WriteString(s.line(plain, "  "+Escape(reportName(rep))).pad(width+4).text + Escape(rep.IPAddress) + "\n")
	}
	if more := len(made) - maxNewServers; more > 0 {
		fmt.Fprintf(&b, "  and %d more, which fleet list shows\n", more)
	}
	return b.String() + "\n"
}
