package recipes

import (
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// gitlab is as much of a pipeline as the recipe uses.
type gitlab struct {
	Stages    []string
	Variables map[string]string
	Default   struct {
		Image        string
		IDTokens     map[string]struct{ Aud string } `yaml:"id_tokens"`
		BeforeScript []string                        `yaml:"before_script"`
	}
	Plan, Apply gitlabJob
}

type gitlabJob struct {
	Stage, Environment string
	Needs              []string
	ResourceGroup      string `yaml:"resource_group"`
	Rules              []struct {
		If, When     string
		AllowFailure *bool `yaml:"allow_failure"`
	}
	Variables map[string]string
	Cache     struct {
		Key, When string
		Paths     []string
	}
	Script    []string
	Artifacts struct {
		When     string
		ExposeAs string `yaml:"expose_as"`
		Paths    []string
		Reports  map[string]string
	}
}

// runGitLab runs the script of a job, with what the jobs that it needs hand on:
// gitlab JOB [FILE].
func runGitLab(ts *testscript.TestScript, neg bool, args []string) {
	var p gitlab
	ts.Check(readYAML(named(ts, args, "gitlab.yml"), &p))
	job, handed := p.Plan, map[string]string{}
	if args[0] == "apply" {
		job, handed = p.Apply, assignments(ts.ReadFile(p.Plan.Artifacts.Reports["dotenv"]))
	}
	variables := maps.Clone(job.Variables)
	for name, value := range variables {
		variables[name] = strings.ReplaceAll(value, "$CI_PROJECT_DIR", ts.Getenv("WORK"))
	}
	script := slices.DeleteFunc(slices.Concat(p.Default.BeforeScript, job.Script), isInstall)
	runner := map[string]string{"CI_PROJECT_DIR": ts.Getenv("WORK"), "VPS_API_TOKEN": ts.Getenv("VPS_API_TOKEN")}
	if len(p.Default.IDTokens) > 0 {
		maps.Copy(runner, vouched(ts))
		runner["AWS_ROLE_ARN"] = "arn:aws:iam::111122223333:role/fleet"
	}
	for name := range p.Default.IDTokens {
		runner[name] = webIdentity
	}
	ended(ts, neg, shell(ts, strings.Join(script, "\n"), p.Variables, runner, variables, handed))
	if !neg {
		kept(ts, slices.Concat(slices.Collect(maps.Values(job.Artifacts.Reports)), job.Artifacts.Paths, job.Cache.Paths)...)
	}
}
