// Package recipes runs the recipes of examples/ci in testscripts, each as its
// system would run it: the commands of a workflow's job, a service or a crontab,
// with nothing in the environment but what that system puts there. Beside each
// system stands just as much of its file format as the recipe uses, so that an
// unknown key is a mistake. It is for tests alone and no part of the command. What
// the recipes do is told by the stories recipe_* of testdata/script; what fleet
// itself writes for GitHub and GitLab belongs in internal/ci.
package recipes

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"
)

// Commands are what a script can run recipes with: github JOB [FILE], gitlab JOB [FILE],
// systemd and cron. The script's variable EXAMPLES is the folder of the examples, and gh
// must be [GH]. Where a recipe has a state, that of FLEET_STATE takes its place.
func Commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"github":  runGitHub,
		"gitlab":  runGitLab,
		"systemd": runSystemd,
		"cron":    runCron,
	}
}

// recipe is the file of a recipe.
func recipe(ts *testscript.TestScript, name string) string {
	return filepath.Join(ts.Getenv("EXAMPLES"), "ci", name)
}

// named is the recipe that a command names after its job, by default the usual one.
func named(ts *testscript.TestScript, args []string, usual string) string {
	if len(args) > 1 {
		usual = args[1]
	}
	return recipe(ts, usual)
}

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
	env := map[string]string{"PATH": ts.Getenv("PATH"), "HOME": ts.Getenv("WORK"), "VPS_API_URL": ts.Getenv("VPS_API_URL"), "GORACE": ts.Getenv("GORACE")}
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
