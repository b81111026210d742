package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"
)

// The recipes of examples/ci. Their form is held here and beside it, one file a
// system; what they do is told by the stories recipe_* of testdata/script, in
// which each runs as its system would run it.

func recipe(name string) string { return filepath.Join("examples", "ci", name) }

// readYAML reads a recipe strictly: an unknown key is an error.
func readYAML(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	return d.Decode(into)
}

// shell runs the commands of a recipe, with nothing in the environment that its
// system would not put there.
func shell(ts *testscript.TestScript, commands string, envs ...map[string]string) error {
	env := map[string]string{"PATH": ts.Getenv("PATH"), "HOME": ts.Getenv("WORK"), "VPS_API_URL": ts.Getenv("VPS_API_URL")}
	for _, more := range envs {
		maps.Copy(env, more)
	}
	args := []string{"-i"}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		args = append(args, name+"="+env[name])
	}
	return ts.Exec("env", append(args, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", commands)...)
}

// ended fails a script whose recipe has not ended as it says.
func ended(ts *testscript.TestScript, neg bool, err error) {
	if neg != (err != nil) {
		ts.Fatalf("the recipe has ended with %v", err)
	}
}

// kept fails a script that has not left what its recipe keeps.
func kept(ts *testscript.TestScript, paths ...string) {
	for _, path := range paths {
		if _, err := os.Stat(ts.MkAbs(path)); err != nil {
			ts.Fatalf("there is nothing to keep: %v", err)
		}
	}
}

// isInstall reports whether a command only gets what is there already.
func isInstall(command string) bool { return strings.HasPrefix(command, "go install ") }

// assignments reads lines of NAME=VALUE.
func assignments(text string) map[string]string {
	found := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			found[name] = value
		}
	}
	return found
}

// unit reads a file of systemd: its settings by section and key.
func unit(name string) (map[string]map[string][]string, error) {
	data, err := os.ReadFile(recipe(name))
	settings, section := make(map[string]map[string][]string), ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		key, value, assigned := strings.Cut(line, "=")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			settings[section] = make(map[string][]string)
		case !assigned || section == "":
			return nil, fmt.Errorf("%s has the line %q", name, line)
		default:
			settings[section][key] = append(settings[section][key], value)
		}
	}
	return settings, err
}

// The service runs as nobody, and drift does not stop it before the repair.
func TestSystemdRecipe(t *testing.T) {
	service, err := unit("fleet.service")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"Type": "oneshot", "DynamicUser": "yes", "StateDirectory": "fleet", "LoadCredential": "token:/etc/fleet/token", "SuccessExitStatus": "2"} {
		if got := service["Service"][key]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q", key, got)
		}
	}
	timer, err := unit("fleet.timer")
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
		data, err := os.ReadFile(recipe(name))
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

// runSystemd runs the commands of the service, one after the other, until one fails.
func runSystemd(ts *testscript.TestScript, neg bool, _ []string) {
	settings, err := unit("fleet.service")
	ts.Check(err)
	service := settings["Service"]
	env := assignments(strings.ReplaceAll(onThisHost(ts, service["Environment"][0]), " ", "\n"))
	for _, command := range service["ExecStart"] {
		err = shell(ts, onThisHost(ts, command), env)
		if err != nil && err.Error() != "exit status "+service["SuccessExitStatus"][0] {
			break
		}
		err = nil
	}
	ended(ts, neg, err)
}

// runCron runs the one line of the crontab.
func runCron(ts *testscript.TestScript, neg bool, _ []string) {
	table, err := os.ReadFile(recipe("crontab"))
	ts.Check(err)
	line := regexp.MustCompile(`(?m)^(?:[0-9*/,-]+ ){5}([^%\n]*)$`).FindStringSubmatch(string(table))
	if line == nil || assignments(string(table))["MAILTO"] == "" {
		ts.Fatalf("no line of the crontab runs a command and mails what it tells")
	}
	ended(ts, neg, shell(ts, onThisHost(ts, line[1])))
}

// onThisHost is a command with its files in the script's folder.
func onThisHost(ts *testscript.TestScript, command string) string {
	work := ts.Getenv("WORK")
	return strings.NewReplacer("/usr/local/bin/fleet", "fleet", "%d", work+"/etc/fleet", "%S", work+"/var/lib",
		"/etc/", work+"/etc/", "/var/lib/", work+"/var/lib/").Replace(command)
}

// The image has nothing but fleet, which needs nothing else, and no root.
func TestContainerRecipe(t *testing.T) {
	data, err := os.ReadFile(recipe("Containerfile"))
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
