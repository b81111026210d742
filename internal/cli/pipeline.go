package cli

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/ci"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

func (s *session) onGitHub() bool { return s.Getenv("GITHUB_ACTIONS") == "true" }

// gitHubReports are what a step of GitHub Actions hands on.
func (s *session) gitHubReports() []report {
	if !s.onGitHub() {
		return nil
	}
	summary := s.Getenv("GITHUB_STEP_SUMMARY")
	return []report{
		{what: "the outputs of the step", file: s.Getenv("GITHUB_OUTPUT"), write: ofPlan(ci.GitHubOutputs), add: true},
		{what: "the summary of the step", file: summary, write: func(r render.Run) ([]byte, error) {
			return render.Markdown(r, ci.GitHubSummary-size(summary))
		}, add: true},
	}
}

// gitLabReports are the reports that a job of GitLab can declare as artifacts.
func (s *session) gitLabReports() []report {
	if s.flags.gitlab == "" {
		return nil
	}
	file := func(name string) string { return filepath.Join(s.flags.gitlab, name) }
	return []report{
		{what: "the terraform report", file: file("terraform.json"), write: ofPlan(ci.GitLabTerraform)},
		{what: "the dotenv report", file: file("fleet.env"), write: ofPlan(ci.GitLabDotenv)},
		{what: "the Code Quality report", file: file("codequality.json"), write: func(r render.Run) ([]byte, error) {
			return ci.GitLabCodeQuality(s.findings()), nil
		}},
	}
}

// ofPlan is a report that there is none of without a plan.
func ofPlan(write func(*planner.Plan) []byte) func(render.Run) ([]byte, error) {
	return func(r render.Run) ([]byte, error) {
		if r.Plan == nil {
			return nil, nil
		}
		return write(r.Plan), nil
	}
}

// annotate lets GitHub show what was found at the lines of the fleet file. It goes
// to stderr, where GitHub looks as well, so that stdout stays one document.
func (s *session) annotate() {
	if s.onGitHub() {
		_, _ = io.WriteString(s.Stderr, ci.Annotations(s.findings())) // as little as anything else on stderr may it stop the run
	}
}

// findings are what the run has found at lines of the fleet files.
func (s *session) findings() (found []ci.Finding) {
	var problems fleet.Problems
	if errors.As(s.run.Err, &problems) {
		found = ci.FromProblems(problems)
	}
	found = append(found, ci.FromWarnings(s.warnings)...)
	if s.run.Plan != nil {
		found = append(found, ci.FromPlan(s.run.Plan)...)
	}
	root := cmp.Or(s.Getenv("GITHUB_WORKSPACE"), s.Getenv("CI_PROJECT_DIR"))
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
