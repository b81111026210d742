package main

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

	"github.com/rogpeppe/go-internal/testscript"
)

// unit reads a file of systemd: its settings by section and key.
func unit(file string) (map[string]map[string][]string, error) {
	data, err := os.ReadFile(file)
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
			return nil, fmt.Errorf("%s has the line %q", file, line)
		default:
			settings[section][key] = append(settings[section][key], value)
		}
	}
	return settings, err
}

// runSystemd runs the commands of the service, one after the other, until one fails.
func runSystemd(ts *testscript.TestScript, neg bool, _ []string) {
	settings, err := unit(recipe(ts, "fleet.service"))
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
	table, err := os.ReadFile(recipe(ts, "crontab"))
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

// The service runs as nobody, and drift does not stop it before the repair.
func TestSystemd(t *testing.T) {
	service, err := unit(recipeFolder + "fleet.service")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"Type": "oneshot", "DynamicUser": "yes", "StateDirectory": "fleet", "LoadCredential": "token:/etc/fleet/token", "SuccessExitStatus": "2"} {
		if got := service["Service"][key]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q", key, got)
		}
	}
	timer, err := unit(recipeFolder + "fleet.timer")
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
		data, err := os.ReadFile(recipeFolder + name)
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
	data, err := os.ReadFile(recipeFolder + "Containerfile")
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
	build.Dir = "."
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
