package state_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/internal/files"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
)

// fill leaves all kinds of files in a store.
func fill(t *testing.T, f *state.Folder) {
	t.Helper()
	s, err := f.Lock(ctx, statetest.Ann, apply.Holder{PID: 7, Host: "here", Command: "fleet apply", Since: time.Now()})
	if err == nil {
		err = errors.Join(s.Begin(ctx, intent("a")), s.PutCorrections(ctx, []planner.Correction{{Name: "a", Times: 1}}),
			s.PutDetails(ctx, map[string]observe.Detail{"1": {}}), s.PutPlan(ctx, &planner.Plan{}), s.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFilesAreTheirOwners(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "fleet")
	fill(t, state.InFolder(dir))
	fill(t, state.InFolder(dir)) // replaces them
	names := list(t, dir)
	if len(names) != 6 {
		t.Errorf("the files are %q", names)
	}
	for _, name := range names {
		if info, err := os.Lstat(filepath.Join(dir, name)); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s is %v, %v", name, info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info.Mode(), err)
	}
}

// A link in the place of a file leads nowhere.
func TestLinksAreNotFollowed(t *testing.T) {
	for _, planted := range []string{"j", "j.lock", "j.corrections", "j.details", "j." + (&planner.Plan{}).Digest() + ".plan"} {
		dir := t.TempDir()
		precious := filepath.Join(dir, "precious")
		if err := errors.Join(os.WriteFile(precious, []byte("{}"), 0o600), os.Symlink("precious", filepath.Join(dir, planted))); err != nil {
			t.Fatal(err)
		}
		s, err := state.InFile(filepath.Join(dir, "j")).Lock(ctx, statetest.Ann, apply.Holder{})
		if err == nil {
			err = errors.Join(s.PutCorrections(ctx, []planner.Correction{{Times: 1}}), s.PutDetails(ctx, map[string]observe.Detail{"1": {}}), s.PutPlan(ctx, &planner.Plan{}), s.Close())
		}
		if !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("%s: %v", planted, err)
		}
		if data, _ := os.ReadFile(precious); string(data) != "{}" {
			t.Errorf("%s was written through: %q", planted, data)
		}
	}
}

func TestWhoHasTheLock(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ has, wants apply.Key }{
		{statetest.Ann, statetest.Ann}, {statetest.Unknown, statetest.Ann}, {statetest.Bob, statetest.Unknown},
	} {
		s, err := state.InFolder(dir).Lock(ctx, test.has, apply.Holder{PID: 7, Host: "there", Command: "fleet apply", Since: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		_, err = state.InFolder(dir).Lock(ctx, test.wants, apply.Holder{PID: 8})
		if err == nil || !strings.Contains(err.Error(), "process 7 on there") {
			t.Errorf("%v has it, %v: %v", test.has, test.wants, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A journal that is given by its path is one account's, whatever the API tells.
func TestJournalInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	fill(t, state.InFile(path))
	s, err := state.InFile(path).Lock(ctx, statetest.Unknown, apply.Holder{})
	if err != nil {
		t.Fatal(err)
	}
	if open, err := s.Intents(ctx); err != nil || len(open) != 1 {
		t.Errorf("open are %v, %v", open, err)
	}
	elsewhere, err := state.InFile(path).Open(ctx, statetest.Distant)
	if err != nil {
		t.Fatal(err)
	}
	if open, err := elsewhere.Intents(ctx); err != nil || len(open) > 0 {
		t.Errorf("open at another endpoint are %v, %v", open, err)
	}
	if _, err := state.InFile(path).Lock(ctx, statetest.Ann, apply.Holder{}); !errors.Is(err, apply.ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
}

func TestOldPlansAreDropped(t *testing.T) {
	dir := t.TempDir()
	fill(t, state.InFile(filepath.Join(dir, "j")))
	name := filepath.Join(dir, "j."+(&planner.Plan{}).Digest()+".plan")
	other := filepath.Join(dir, "j.my.plan") // not ours
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		age  time.Duration
		kept bool
	}{{apply.KeepPlans - time.Minute, true}, {apply.KeepPlans + time.Minute, false}} {
		then := time.Now().Add(-test.age)
		if err := errors.Join(os.Chtimes(name, then, then), os.Chtimes(other, then, then)); err != nil {
			t.Fatal(err)
		}
		s, err := state.InFile(filepath.Join(dir, "j")).Lock(ctx, statetest.Ann, apply.Holder{})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := s.Plan(ctx, (&planner.Plan{}).Digest()); err != nil || (p != nil) != test.kept {
			t.Errorf("of the age of %s it is %v, %v", test.age, p, err)
		}
		s.Close()
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

func TestDetailsThatCannotBeUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	s, err := state.InFile(path).Open(ctx, statetest.Ann)
	if err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]string{
		"version: 1":           "journal.details is damaged",
		`{"format_version":2}`: "has format_version 2, not 1",
		`{"format_version":1,"endpoint":"e","account":"a"}`: "is of another account",
		`{"format_version":1,"endpoint":"https://api.example.com/api/v1","account":"ann@example.com","details":{"1":{"read_at":"2999-01-01T00:00:00Z"}}}`: "which is yet to come",
	} {
		if err := os.WriteFile(path+".details", []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Details(ctx); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// blind is a disk whose files cannot be listed.
type blind struct{ *statetest.Disk }

func (blind) List() ([]state.Listed, error) { return nil, errors.New("too many open files") }

// A run that does not know its account must not take the journals that it cannot list for
// none: their creates may be its own.
func TestJournalsThatCannotBeListed(t *testing.T) {
	s, err := state.OnDisk(blind{&statetest.Disk{}}).Open(ctx, statetest.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	if open, err := s.Intents(ctx); err == nil {
		t.Errorf("open are %v, and no error", open)
	}
}
