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
	for _, file := range []string{"github.yml", "github-state.yml"} {
		t.Run(file, func(t *testing.T) { testGitHub(t, file) })
	}
}

func testGitHub(t *testing.T, file string) {
	var w github
	if err := readYAML(folder+file, &w); err != nil {
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

// pinned are actions of GitHub, and our own of a release.
var pinned = regexp.MustCompile(`^(actions/[\w/-]+@v[0-9]+|vps-fleet/fleet/examples/ci/setup-fleet@v[0-9]+\.[0-9]+\.[0-9]+)$`)

func checkStep(s githubStep, token string) error {
	if !strings.HasPrefix(s.Run, "fleet ") {
		token = ""
	}
	switch {
	case (s.Uses == "") == (s.Run == ""):
		return fmt.Errorf("a step uses %q and runs %q", s.Uses, s.Run)
	case s.Uses != "" && !pinned.MatchString(s.Uses):
		return fmt.Errorf("%s has no version", s.Uses)
	case strings.HasPrefix(s.Uses, "vps-fleet/") && !strings.HasSuffix(s.Uses, "@v"+s.With["version"]):
		return fmt.Errorf("%s installs the version %q", s.Uses, s.With["version"])
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
	for _, file := range []string{"gitlab.yml", "gitlab-state.yml"} {
		t.Run(file, func(t *testing.T) { testGitLab(t, file) })
	}
}

func testGitLab(t *testing.T, file string) {
	var p gitlab
	if err := readYAML(folder+file, &p); err != nil {
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

// The service runs as nobody and writes nowhere else, and drift does not stop it before
// the repair.
func TestSystemd(t *testing.T) {
	service, err := unit(folder + "fleet.service")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"Type": "oneshot", "DynamicUser": "yes", "ProtectSystem": "strict", "StateDirectory": "fleet", "LoadCredential": "token:/etc/fleet/token", "SuccessExitStatus": "2"} {
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

// verify lets systemd read its units, in a folder and with a command and a group that
// exist.
func verify(t *testing.T, analyze string) {
	dir := t.TempDir()
	dropIns := "fleet.service.d/"
	if err := os.Mkdir(filepath.Join(dir, dropIns), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"fleet.service": "", "fleet.timer": "", "metrics.conf": dropIns} {
		data, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to, name), bytes.ReplaceAll(data, []byte("ExecStart=fleet"), []byte("ExecStart=/bin/true")), 0o644); err != nil {
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
	said := regexp.MustCompile(`(?m)^[A-Z]+ .*$`).FindAllString(string(data), -1)
	want := []string{
		"FROM gcr.io/distroless/static-debian12:nonroot",
		"ARG TARGETPLATFORM",
		"COPY $TARGETPLATFORM/fleet /usr/bin/fleet",
		"ENV XDG_STATE_HOME=/home/nonroot",
		"VOLUME /home/nonroot",
		"WORKDIR /work",
		`ENTRYPOINT ["/usr/bin/fleet"]`,
	}
	if !slices.Equal(said, want) {
		t.Errorf("the image is made by %q", said)
	}
	built := regexp.MustCompile(`(?m)^#   (CGO_ENABLED=0) GOOS=linux GOARCH=amd64 go build `).FindStringSubmatch(string(data))
	if built == nil {
		t.Fatal("nothing says how fleet is built")
	}
	checkStatic(t, built[1])
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
