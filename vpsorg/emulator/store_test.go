package emulator_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

func open(t *testing.T, file string) *emulator.Emulator {
	t.Helper()
	e, err := emulator.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWorldOutlivesItsEmulator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "a", "b", "world.json")
		e := open(t, file)
		if _, err := os.Stat(file); err == nil {
			t.Error("a world without a change has a file")
		}
		example(e)
		e.Edit("12346", func(s *vpsorg.Server) { s.Hostname = nil })
		ask(t, e, request(t, "POST", "servers/", create))
		e.Remove("12345")
		e.Add(vpsorg.Server{ID: "12350", Name: "deleted"})
		ask(t, e, request(t, "DELETE", "servers/12350/", ""))

		again := open(t, file)
		if diff := cmp.Diff(e.Servers(), again.Servers()); diff != "" {
			t.Errorf("read back (-kept +read):\n%s", diff)
		}
		pass(3)
		if got := statusOf(t, open(t, file), "12347"); got != vpsorg.StatusActive {
			t.Errorf("after its time the new server is %s", got)
		}
		if s := again.Add(vpsorg.Server{Name: "next"}); s.ID != "12351" {
			t.Errorf("the next id is %s", s.ID)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
	})
}

// However many come at once, a change is in the file before it is answered.
func TestAnsweredIsSaved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "world.json")
	e := open(t, file)
	var requests sync.WaitGroup
	for range 40 {
		requests.Go(func() {
			resp, body := ask(t, e, request(t, "POST", "servers/", create))
			var made struct{ ID vpsorg.ID }
			if err := json.Unmarshal([]byte(body), &made); err != nil || resp.StatusCode != 201 {
				t.Errorf("answered %d %s", resp.StatusCode, body)
				return
			}
			saved, err := emulator.Open(file)
			if err != nil {
				t.Error(err)
				return
			}
			if !slices.ContainsFunc(saved.Servers(), func(s vpsorg.Server) bool { return s.ID == made.ID }) {
				t.Errorf("server %s is answered and not in the file", made.ID)
			}
		})
	}
	requests.Wait()
}

func TestCreditIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "world.json")
	for _, want := range []int{201, 402} {
		e := open(t, file)
		e.Credit = 1
		if resp, body := ask(t, e, request(t, "POST", "servers/", create)); resp.StatusCode != want {
			t.Errorf("answered %d %s, want %d", resp.StatusCode, body, want)
		}
	}
}

func TestDamagedWorlds(t *testing.T) {
	const server = `{"id": 1, "name": "a", "backups_enabled": false, "resource_usage": {}, "serial": 0}`
	tests := map[string]string{
		``:                                "unexpected end of JSON input",
		`{"version": 1, "servers": [`:     "unexpected end of JSON input",
		`{"version": 2}`:                  "version 2, not 1",
		`{"version": 1, "servers": [{}]}`: "server 1 of 1 is incomplete",
		`{"version": 1, "made": 2, "servers": [` + server + `, ` + server + `]}`: "server 2 of 2, id 1, is out of order",
	}
	for content, want := range tests {
		file := filepath.Join(t.TempDir(), "world.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := emulator.Open(file)
		var damaged *emulator.DamagedError
		if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), want) || !errors.As(err, &damaged) || damaged.Hint() == "" {
			t.Errorf("%s: error %v, want %s", content, err, want)
		}
		if kept, _ := os.ReadFile(file); string(kept) != content {
			t.Errorf("%s: the file was changed to %s", content, kept)
		}
	}
}

func TestUnsavedWorldAnswers500(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "not-a-directory")
	e := open(t, filepath.Join(blocked, "world.json"))
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	resp, body := ask(t, e, request(t, "POST", "servers/", create))
	if resp.StatusCode != 500 || !strings.Contains(body, "not saved") {
		t.Errorf("answered %d %s", resp.StatusCode, body)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if l := listAt(t, e, "servers/"); l.Count != 1 {
		t.Errorf("%d servers once it can be saved", l.Count)
	}
	if got := open(t, filepath.Join(blocked, "world.json")).Servers(); len(got) != 1 {
		t.Errorf("%d servers in the file", len(got))
	}
}
