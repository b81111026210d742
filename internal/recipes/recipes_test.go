package recipes

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// folder is where the recipes are. Their form is held here.
const folder = "../../examples/ci/"

// tokens are what the commands of each job get; no other step gets any.
var tokens = map[string]string{"plan": "${{ secrets.VPS_API_READ_TOKEN }}", "apply": "${{ secrets.VPS_API_TOKEN }}"}

// Jobs may do and know no more than they need, and only one apply runs at a time.
func TestGitHub(t *testing.T) {
	var w github
	if err := readYAML(folder+"github.yml", &w); err != nil {
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
	if err := readYAML(folder+"github.yml", &w); err != nil {
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

// The merge request gets its reports, and an apply waits for somebody and its turn.
func TestGitLab(t *testing.T) {
	var p gitlab
	if err := readYAML(folder+"gitlab.yml", &p); err != nil {
		t.Fatal(err)
	}
	for name, job := range map[string]gitlabJob{"plan": p.Plan, "apply": p.Apply} {
		if !slices.Contains(p.Stages, job.Stage) || len(job.Rules) == 0 {
			t.Errorf("%s is in stage %q, with the rules %v", name, job.Stage, job.Rules)
		}
	}
	for _, kind := range []string{"terraform", "codequality", "dotenv"} {
		if p.Plan.Artifacts.Reports[kind] == "" {
			t.Errorf("there is no %s report", kind)
		}
	}
	if a := p.Apply; a.ResourceGroup == "" || a.Rules[0].When != "manual" || !slices.Equal(a.Needs, []string{"plan"}) {
		t.Errorf("apply is %+v", a)
	}
}

// The service runs as nobody, and drift does not stop it before the repair.
func TestSystemd(t *testing.T) {
	service, err := unit(folder + "fleet.service")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"Type": "oneshot", "DynamicUser": "yes", "StateDirectory": "fleet", "LoadCredential": "token:/etc/fleet/token", "SuccessExitStatus": "2"} {
		if got := service["Service"][key]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q", key, got)
		}
	}
	timer, err := unit(folder + "fleet.timer")
	if err != nil || timer["Timer"]["OnCalendar"] == nil || timer["Install"]["WantedBy"] == nil {
		t.Errorf("the timer is %v, %v", timer, err)
	}
	if analyze, err := exec.LookPath("systemd-analyze"); err == nil { // else these settings are all that can be looked at
		verify(t, analyze)
	}
}

// verify lets systemd read its units, in a folder and with a command that exist.
func verify(t *testing.T, analyze string) {
	dir := t.TempDir()
	for _, name := range []string{"fleet.service", "fleet.timer"} {
		data, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), bytes.ReplaceAll(data, []byte("/usr/local/bin/fleet"), []byte("/bin/true")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(analyze, "verify", "--man=no", filepath.Join(dir, "fleet.service"), filepath.Join(dir, "fleet.timer")).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// The image has nothing but fleet, which needs nothing else, and no root.
func TestContainer(t *testing.T) {
	data, err := os.ReadFile(folder + "Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	last := make(map[string]string) // what each instruction says at the end
	var stages []string
	for _, m := range regexp.MustCompile(`(?m)^([A-Z]+) (.*)$`).FindAllStringSubmatch(string(data), -1) {
		last[m[1]] = m[2]
		switch m[1] {
		case "FROM":
			stages = append(stages, m[2])
		case "COPY":
			if !strings.HasPrefix(m[2], "--from=build ") {
				t.Errorf("COPY %s is of no stage", m[2])
			}
		case "RUN":
			if before, found := strings.CutSuffix(m[2], " go install github.com/vps-fleet/fleet@latest"); found {
				checkStatic(t, before)
			} else if !strings.HasPrefix(m[2], "mkdir ") {
				t.Errorf("RUN %s is not tested", m[2])
			}
		}
	}
	if !slices.Equal(stages, []string{"golang:1.26 AS build", "scratch"}) || last["USER"] != "65534:65534" || last["ENTRYPOINT"] != `["/usr/local/bin/fleet"]` {
		t.Errorf("stages %q, user %q, command %q", stages, last["USER"], last["ENTRYPOINT"])
	}
}

// checkStatic builds fleet in an environment and looks whether it loads any library.
func checkStatic(t *testing.T, environment string) {
	file := filepath.Join(t.TempDir(), "fleet")
	build := exec.Command("go", "build", "-o", file, ".")
	build.Dir = "../.."
	build.Env = append(os.Environ(), strings.Fields(environment)...)
	build.Env = append(build.Env, "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	built, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer built.Close()
	for _, p := range built.Progs {
		if p.Type == elf.PT_INTERP {
			t.Errorf("built with %s, fleet is not static", environment)
		}
	}
}
