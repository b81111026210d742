package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const (
	allOff    = "version: 1\nservers: {'web-[1:8]': {backups_enabled: false}}\n"
	eighthOn  = "version: 1\nservers: {'web-[1:7]': {backups_enabled: false}, web-8: {backups_enabled: true}}\n"
	longQuiet = "2025-01-10T14:30:00Z"
)

// quietWorld serves eight servers that have not changed for long.
func quietWorld(t *testing.T) (*emulator.Emulator, func(string) string) {
	e := &emulator.Emulator{}
	getenv := serve(t, e)
	for i := 1; i <= 8; i++ {
		setBackups(e, fmt.Sprintf("web-%d", i), false)
	}
	return e, getenv
}

// setBackups puts a server in place whose updated_at never moves, or puts it there anew.
func setBackups(e *emulator.Emulator, name string, on bool) {
	e.Add(vpsorg.Server{ID: vpsorg.ID("id-" + name), Name: name, Location: "us-west", BackupsEnabled: &on, CreatedAt: longQuiet, UpdatedAt: longQuiet,
		Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
}

// remembering runs a command that remembers details, and returns its exit code,
// what it wrote and how many details it has read.
func remembering(t *testing.T, e *emulator.Emulator, getenv func(string) string, args ...string) (code int, stdout, stderr string, read int) {
	t.Helper()
	mark := len(e.Ledger())
	var out, diag bytes.Buffer
	code = Main(Process{Args: append(args, "--details-max-age", "24h"), Stdout: &out, Stderr: &diag, Getenv: getenv})
	for _, entry := range e.Ledger()[mark:] {
		if entry.Method == "GET" && strings.Contains(entry.Path, "/servers/id-") {
			read++
		}
	}
	return code, out.String(), diag.String(), read
}

// detailsOf is the one file of details in the state folder.
func detailsOf(t *testing.T, getenv func(string) string) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(getenv("XDG_STATE_HOME"), "fleet", "*.details"))
	if len(found) != 1 {
		t.Fatalf("files of details: %v", found)
	}
	return found[0]
}

func TestDetailsAreRememberedBetweenRuns(t *testing.T) {
	e, getenv := quietWorld(t)
	file := fleetFile(t, allOff)
	for i, run := range []struct {
		command string
		read    int
	}{{"plan", 8}, {"plan", 5}, {"drift", 5}} {
		code, stdout, stderr, read := remembering(t, e, getenv, run.command, "-f", file)
		if code != 0 || read != run.read || stderr != "" {
			t.Errorf("run %d: exit code %d, %d details read, want %d\n%s%s", i, code, read, run.read, stdout, stderr)
		}
	}
	info, err := os.Stat(detailsOf(t, getenv))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if data, _ := os.ReadFile(detailsOf(t, getenv)); bytes.Contains(data, []byte("vps_test")) {
		t.Errorf("the token is in\n%s", data)
	}
}

// A file that cannot be used is dropped with a notice, and replaced.
func TestUnusableDetailsAreDropped(t *testing.T) {
	read := func(at time.Time) string {
		return `{"id-web-8":{"updated_at":"` + longQuiet + `","backups_enabled":true,"read_at":"` + at.Format(time.RFC3339) + `"}}`
	}
	now := time.Now()
	for name, test := range map[string]struct{ version, account, details, notice string }{
		"damaged":         {"1", "sandbox@example.com", `{"id-web-8":`, "is damaged"},
		"of the future":   {"1", "sandbox@example.com", read(now.Add(time.Hour)), "which is yet to come"},
		"newer":           {"2", "sandbox@example.com", read(now), "has format_version 2, not 1"},
		"somebody else's": {"1", "other@example.com", read(now), "is of another account"},
	} {
		t.Run(name, func(t *testing.T) {
			e, getenv := quietWorld(t)
			file := fleetFile(t, allOff)
			remembering(t, e, getenv, "plan", "-f", file)
			doc := fmt.Sprintf(`{"format_version":%s,"endpoint":%q,"account":%q,"details":%s}`, test.version, getenv("VPS_API_URL"), test.account, test.details)
			if err := os.WriteFile(detailsOf(t, getenv), []byte(doc), 0o600); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr, read := remembering(t, e, getenv, "plan", "-f", file)
			if code != 0 || read != 8 || !strings.Contains(stderr, test.notice) || !strings.Contains(stdout, "No changes.") {
				t.Errorf("exit code %d, %d details read\n%s%s", code, read, stdout, stderr)
			}
			if _, _, stderr, read := remembering(t, e, getenv, "plan", "-f", file); read != 5 || stderr != "" {
				t.Errorf("in the next run %d details were read; stderr: %s", read, stderr)
			}
		})
	}
}

// Where the memory can be kept nowhere, that is told, and nothing else is different.
func TestDetailsThatCannotBeKept(t *testing.T) {
	e, getenv := quietWorld(t)
	if err := os.WriteFile(filepath.Join(getenv("XDG_STATE_HOME"), "fleet"), nil, 0o600); err != nil {
		t.Fatal(err) // in the place of the folder
	}
	code, stdout, stderr, read := remembering(t, e, getenv, "plan", "-f", fleetFile(t, allOff))
	if code != 0 || read != 8 || !strings.Contains(stdout, "No changes.") || !strings.Contains(stderr, "details are not cached") {
		t.Errorf("exit code %d, %d details read\n%s%s", code, read, stdout, stderr)
	}
}

func TestContradictionIsTold(t *testing.T) {
	e, getenv := quietWorld(t)
	file := fleetFile(t, allOff)
	remembering(t, e, getenv, "plan", "-f", file)
	setBackups(e, "web-1", true)
	setBackups(e, "web-8", true)
	_, stdout, stderr, _ := remembering(t, e, getenv, "plan", "-f", file)
	if !strings.Contains(stderr, "backups_enabled has changed and updated_at has not") || !strings.Contains(stderr, "server=web-1") {
		t.Errorf("stderr: %s", stderr)
	}
	if !strings.Contains(stdout, "Plan: 2 to update.") {
		t.Errorf("the plan is\n%s", stdout)
	}
}

// An apply that changes a server forgets what was remembered of it, with the flag
// or without it, for updated_at may stand still.
func TestApplyForgetsWhatItChanges(t *testing.T) {
	for _, maxAge := range []string{"0", "24h"} {
		e, getenv := quietWorld(t)
		off, on := fleetFile(t, allOff), fleetFile(t, eighthOn)
		remembering(t, e, getenv, "plan", "-f", off)
		code := Main(Process{Args: []string{"apply", "-f", on, "--auto-approve", "--details-max-age", maxAge}, Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer), Getenv: getenv})
		setBackups(e, "web-8", true) // as the apply has left it, but for updated_at
		_, stdout, stderr, read := remembering(t, e, getenv, "plan", "-f", off)
		if code != 0 || read != 6 || !strings.Contains(stdout, "Plan: 1 to update.") || stderr != "" {
			t.Errorf("--details-max-age %s: exit code %d, then %d details read\n%s%s", maxAge, code, read, stdout, stderr)
		}
	}
}
