package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// github is as much of a workflow as the recipe uses. A key that is not here is a mistake.
type github struct {
	Name        string
	On          map[string]struct{ Branches []string }
	Permissions map[string]string
	Defaults    struct{ Run struct{ Shell string } }
	Env         map[string]string
	Jobs        map[string]struct {
		If, Environment string
		RunsOn          string `yaml:"runs-on"`
		Permissions     map[string]string
		Concurrency     struct {
			Group, Queue     string
			CancelInProgress bool `yaml:"cancel-in-progress"`
		}
		Steps []githubStep
	}
}

type githubStep struct {
	Name, ID, If, Uses, Run string
	With, Env               map[string]string
}

// runGitHub runs the steps of a job that are commands: github JOB. The pull
// request is number 7, its comments are in comments.json.
func runGitHub(ts *testscript.TestScript, neg bool, args []string) {
	var w github
	ts.Check(readYAML(recipe(ts, "github.yml"), &w))
	known := map[string]string{"github.token": "ghs_script", "github.repository": "ops/fleet", "github.event.number": "7",
		"secrets.VPS_API_READ_TOKEN": ts.Getenv("VPS_API_TOKEN"), "secrets.VPS_API_TOKEN": ts.Getenv("VPS_API_TOKEN")}
	runner := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": ts.Getenv("WORK"), "GITHUB_SHA": "c0ffee"}
	for name, file := range map[string]string{"GITHUB_ENV": "env", "GITHUB_OUTPUT": "outputs", "GITHUB_STEP_SUMMARY": "summary"} {
		runner[name] = ts.MkAbs(file)
		ts.Check(os.WriteFile(runner[name], nil, 0o600))
	}
	var failed error
	for _, step := range w.Jobs[args[0]].Steps {
		if failed == nil && strings.HasPrefix(step.Uses, "actions/cache/save@") {
			kept(ts, strings.ReplaceAll(step.With["path"], "~/", ""))
		}
		if step.Run == "" || isInstall(step.Run) || failed != nil && step.If == "" {
			continue
		}
		err := shell(ts, step.Run, w.Env, runner, assignments(ts.ReadFile("env")), expand(step.Env, known))
		for name, value := range assignments(ts.ReadFile("outputs")) {
			known["steps."+step.ID+".outputs."+name] = value
		}
		if failed == nil {
			failed = err
		}
	}
	ended(ts, neg, failed)
}

var expression = regexp.MustCompile(`\$\{\{ *([\w.]+) *\}\}`)

// expand puts what is known for the expressions in an environment; "" for all else.
func expand(env, known map[string]string) map[string]string {
	expanded := make(map[string]string)
	for name, value := range env {
		expanded[name] = expression.ReplaceAllStringFunc(value, func(e string) string { return known[expression.FindStringSubmatch(e)[1]] })
	}
	return expanded
}

// tokens are what the commands of each job get; no other step gets any.
var tokens = map[string]string{"plan": "${{ secrets.VPS_API_READ_TOKEN }}", "apply": "${{ secrets.VPS_API_TOKEN }}"}

// Jobs may do and know no more than they need, and only one apply runs at a time.
func TestGitHub(t *testing.T) {
	var w github
	if err := readYAML(recipeFolder+"github.yml", &w); err != nil {
		t.Fatal(err)
	}
	if len(w.Permissions) > 0 || w.Defaults.Run.Shell != "bash" {
		t.Errorf("jobs begin with %v, in the shell %q", w.Permissions, w.Defaults.Run.Shell)
	}
	for name, job := range w.Jobs {
		if job.If == "" || job.Permissions["contents"] != "read" || job.Concurrency.Group == "" {
			t.Errorf("%s is for %q, may %v, in the group %q", name, job.If, job.Permissions, job.Concurrency.Group)
		}
		for _, step := range job.Steps {
			if err := checkStep(step, tokens[name]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	plan, apply := w.Jobs["plan"], w.Jobs["apply"]
	if !strings.Contains(plan.If, "head.repo.full_name == github.repository") || apply.If != "github.event_name == 'push'" {
		t.Errorf("plan is for %q, apply for %q", plan.If, apply.If)
	}
	if apply.Concurrency.CancelInProgress || apply.Concurrency.Queue != "max" || apply.Permissions["pull-requests"] != "read" {
		t.Errorf("an apply may be cut off, dropped, or write: %+v, %v", apply.Concurrency, apply.Permissions)
	}
}

var pinned = regexp.MustCompile(`^actions/[\w/-]+@v[0-9]+$`)

func checkStep(s githubStep, token string) error {
	if !strings.HasPrefix(s.Run, "fleet ") {
		token = ""
	}
	switch {
	case (s.Uses == "") == (s.Run == ""):
		return fmt.Errorf("a step uses %q and runs %q", s.Uses, s.Run)
	case s.Uses != "" && !pinned.MatchString(s.Uses):
		return fmt.Errorf("%s has no version", s.Uses)
	case strings.Contains(s.Run, "${{"):
		return fmt.Errorf("text from outside gets into the shell: %s", s.Run)
	case s.Env["VPS_API_TOKEN"] != token:
		return fmt.Errorf("%q has the token %q", s.Run, s.Env["VPS_API_TOKEN"])
	}
	return nil
}

// The journal that a run saves is what the next one finds.
func TestGitHubKeepsJournal(t *testing.T) {
	var w github
	if err := readYAML(recipeFolder+"github.yml", &w); err != nil {
		t.Fatal(err)
	}
	var saved, restored map[string]string
	for _, step := range w.Jobs["apply"].Steps {
		switch {
		case strings.HasPrefix(step.Uses, "actions/cache/save@") && step.If == "always()":
			saved = step.With
		case strings.HasPrefix(step.Uses, "actions/cache/restore@"):
			restored = step.With
		}
	}
	if saved["path"] == "" || saved["path"] != restored["path"] || !strings.HasPrefix(saved["key"], restored["restore-keys"]) {
		t.Errorf("saved is %v, restored %v", saved, restored)
	}
}
