package recipes

import (
	"maps"
	"os"
	"regexp"
	"strings"

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

// runGitHub runs the steps of a job that are commands: github JOB [FILE]. The pull
// request is number 7, its comments are in comments.json.
func runGitHub(ts *testscript.TestScript, neg bool, args []string) {
	var w github
	ts.Check(readYAML(named(ts, args, "github.yml"), &w))
	known := map[string]string{"github.token": "ghs_script", "github.repository": "ops/fleet", "github.event.number": "7",
		"secrets.VPS_API_READ_TOKEN": ts.Getenv("VPS_API_TOKEN"), "secrets.VPS_API_TOKEN": ts.Getenv("VPS_API_TOKEN")}
	runner := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": ts.Getenv("WORK"), "GITHUB_SHA": "c0ffee"}
	for name, file := range map[string]string{"GITHUB_ENV": "env", "GITHUB_OUTPUT": "outputs", "GITHUB_STEP_SUMMARY": "summary"} {
		runner[name] = ts.MkAbs(file)
		ts.Check(os.WriteFile(runner[name], nil, 0o600))
	}
	if w.Jobs[args[0]].Permissions["id-token"] == "write" {
		maps.Copy(runner, vouched(ts))
		runner["RUNNER_TEMP"] = ts.Getenv("WORK")
	}
	var failed error
	for _, step := range w.Jobs[args[0]].Steps {
		if failed == nil && strings.HasPrefix(step.Uses, "actions/cache/save@") {
			kept(ts, strings.ReplaceAll(step.With["path"], "~/", ""))
		}
		if step.Run == "" || failed != nil && step.If == "" {
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
