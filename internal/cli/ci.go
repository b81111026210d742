package cli

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"path/filepath"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/ci"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

func (c *command) onGitHub() bool { return c.Getenv("GITHUB_ACTIONS") == "true" }

// gitHubReports are what a step of GitHub Actions hands on.
func (c *command) gitHubReports() []report {
	if !c.onGitHub() {
		return nil
	}
	summary := c.Getenv("GITHUB_STEP_SUMMARY")
	return []report{
		{what: "the outputs of the step", file: c.Getenv("GITHUB_OUTPUT"), write: ofPlan(ci.GitHubOutputs), add: true},
		{what: "the summary of the step", file: summary, write: func(r *record) ([]byte, error) {
			return render.Markdown(r.Run, ci.GitHubSummary-size(summary))
		}, add: true},
	}
}

// gitLabReports are the reports that a job of GitLab can declare as artifacts.
func (c *command) gitLabReports() []report {
	if c.flags.gitlab == "" {
		return nil
	}
	file := func(name string) string { return filepath.Join(c.flags.gitlab, name) }
	return []report{
		{what: "the terraform report", file: file("terraform.json"), write: ofPlan(ci.GitLabTerraform)},
		{what: "the dotenv report", file: file("fleet.env"), write: ofPlan(ci.GitLabDotenv)},
		{what: "the Code Quality report", file: file("codequality.json"), write: func(r *record) ([]byte, error) {
			return ci.GitLabCodeQuality(c.findings(r)), nil
		}},
	}
}

// planDocument is the plan that apply reads; nil where there is none.
func planDocument(r *record) ([]byte, error) {
	if r.Plan == nil {
		return nil, nil
	}
	var doc bytes.Buffer
	err := render.PlanJSON(&doc, r.Plan)
	return doc.Bytes(), err
}

// ofPlan is a report that there is none of without a plan, or where drift was looked for.
func ofPlan(write func(*planner.Plan) []byte) func(*record) ([]byte, error) {
	return func(r *record) ([]byte, error) {
		if r.Plan == nil || r.Drift != nil {
			return nil, nil
		}
		return write(r.Plan), nil
	}
}

// findings are what the run has found at lines of the fleet files.
func (c *command) findings(rec *record) (found []ci.Finding) {
	var problems fleet.Problems
	if errors.As(rec.Err, &problems) {
		found = ci.FromProblems(problems)
	}
	found = append(found, ci.FromWarnings(rec.warnings)...)
	if rec.Plan != nil && rec.Drift == nil {
		found = append(found, ci.FromPlan(rec.Plan)...)
	}
	root := cmp.Or(c.Getenv("GITHUB_WORKSPACE"), c.Getenv("CI_PROJECT_DIR"))
	for i := range found {
		found[i].Pos.File = inRepository(root, found[i].Pos.File)
	}
	return found
}

// inRepository is a file's path from the root of the repository that a CI job
// works in, wherever in it the command runs. Other files keep their names.
func inRepository(root, file string) string {
	full, err := filepath.Abs(file)
	if root == "" || file == "" || err != nil {
		return file
	}
	within, err := filepath.Rel(root, full)
	if err != nil || !filepath.IsLocal(within) {
		return file
	}
	return filepath.ToSlash(within)
}

// size is how many bytes a file has; none if it is not there.
func size(file string) int {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return int(info.Size())
}
