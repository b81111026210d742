package ci

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// GitLabDotenv writes what a plan comes to as a dotenv report. FLEET_DIGEST is
// the variable of apply's --digest.
func GitLabDotenv(p *planner.Plan) []byte {
	return assignments(outputs(p), func(name string) string { return "FLEET_" + strings.ToUpper(name) })
}

// GitLabTerraform writes the report that GitLab shows as "N to add, N to change,
// N to delete". A replacement is one of the first and one of the last, as it is
// there for Terraform; power changes are among those to change.
func GitLabTerraform(p *planner.Plan) []byte {
	n := p.Count()
	return document(struct {
		Create int `json:"create"`
		Update int `json:"update"`
		Delete int `json:"delete"`
	}{
		n[planner.ActionCreate] + n[planner.ActionReplace],
		n[planner.ActionUpdate] + n[planner.ActionStart] + n[planner.ActionStop] + n[planner.ActionReboot],
		n[planner.ActionDelete] + n[planner.ActionReplace],
	})
}

// issue is a finding in the form of GitLab's Code Quality reports.
type issue struct {
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"` // the same while the finding is; GitLab shows one of each
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"`
}

// GitLabCodeQuality writes findings as a Code Quality report. One without a place
// cannot be told there and is left out.
func GitLabCodeQuality(found []Finding) []byte {
	issues, alike := []issue{}, make(map[string]int)
	for _, f := range found {
		if f.Pos.File == "" {
			continue
		}
		is := issue{strings.ReplaceAll(f.Text, "\n", "; "), "fleet/problem", "", "critical", location{f.Pos.File, lines{max(f.Pos.Line, 1)}}}
		if f.Warning {
			is.Description, is.CheckName, is.Severity = f.Title+": "+is.Description, "fleet/blocked", "major"
		}
		same := is.CheckName + is.Location.Path + f.Same
		alike[same]++
		is.Fingerprint = fingerprint(same, alike[same])
		issues = append(issues, is)
	}
	return document(issues)
}

// fingerprint is that of the nth of the findings that are the same in a file. It
// leaves out the line, which other edits of the file move, and the words.
func fingerprint(same string, n int) string {
	sum := sha256.Sum256(fmt.Append(nil, n, same))
	return hex.EncodeToString(sum[:16])
}

// document is a value as JSON, with nothing in it that a terminal would obey.
// What this package writes always encodes.
func document(v any) []byte {
	var b bytes.Buffer
	_ = render.WriteJSON(&b, v)
	return b.Bytes()
}
