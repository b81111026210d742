package binary_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// full lets no file grow beyond so many blocks of 512 bytes, as a full disk does;
// writes fail then.
func full(blocks int) string { return fmt.Sprintf("ulimit -f %d", blocks) }

// Where an intent cannot be written down its create is not sent, whether the disk
// is full at once or in the middle; with room again the next run does the rest.
func TestFullDisk(t *testing.T) {
	for blocks, most := range map[int]int{0: 0, 4: 12} {
		t.Run(fmt.Sprintf("%d blocks", blocks), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, &emulator.Emulator{}, servers(12))
			journal := w.newIntents()
			end := w.start(limited(full(blocks)), applying("--parallelism", "12")...).wait()
			end.want(t, 3, "cannot keep the journal of creates", "file too large", "next: look at ")
			journal.add()
			journal.want()
			if sent := len(w.sent()); sent > most || blocks > 0 && sent == 0 || sent == 12 {
				t.Errorf("%d creates were sent", sent)
			}
			w.run(applying()...).want(t, 0)
			journal.add()
			journal.want()
			w.wantComplete(12)
			w.wantIdle()
		})
	}
}

// What cannot be saved makes no exit code of 0: of an apply it is that of an
// incomplete one, of what only looks that of an error.
func TestNothingIsSaved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, oneHostname)
	w.add("web-001")
	applied := w.start(limited(full(0)), applying("--metrics", "apply.prom")...).wait()
	applied.want(t, 3, "Apply complete", ": 1 updated.", "the state for the next run is not complete", "cannot save the metrics", "file too large")
	w.start(limited(full(0)), "drift", "--metrics", "drift.prom").wait().want(t, 1, "No drift.", "cannot save the metrics", "file too large")
	w.start(limited(full(0)), applying("--events", "events")...).wait().want(t, 1, "the events are not complete")
	w.wantIdle()
}

// A result that cannot be shown, or a report of it that cannot be saved, is told, and
// makes an apply incomplete; what was done stays noted.
func TestResultIsNotSaved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit string
		args  []string
		said  string
	}{
		"JSON":   {"exec >/dev/full", []string{"--json"}, "no space left on device"},
		"report": {full(16), []string{"--html", "report.html"}, "file too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat("/dev/full"); err != nil {
				t.Skip(err)
			}
			w := newWorld(t, &emulator.Emulator{}, servers(1))
			w.start(limited(test.limit), applying(test.args...)...).wait().want(t, 3, "error: ", test.said)
			if now := w.files(); now["report.html"] != "" {
				t.Errorf("half a report: %q", now["report.html"])
			}
			w.wantComplete(1)
			w.wantIdle()
		})
	}
}

// A place where no journal can be is an error before anything is changed.
func TestNoPlaceForTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, servers(2))
	w.write("file", "")
	if err := os.Mkdir(filepath.Join(w.dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, said := range map[string]string{
		"file/journal": "not a directory",
		"folder":       "is not a regular file",
	} {
		w.run(applying("--journal", path)...).want(t, 1, "error: ", said)
	}
	w.wantUntouched()
}

// A plan file that cannot be written is as it was before, or absent.
func TestPlanOnAFullDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, servers(50))
	for _, before := range []string{"", "the plan of yesterday"} {
		if before != "" {
			w.write("plan.json", before)
		}
		for _, blocks := range []int{0, 2} {
			w.start(limited(full(blocks)), "plan", "--out", "plan.json").wait().want(t, 1, "cannot save the plan", "file too large")
			if now := w.files(); now["plan.json"] != before || len(now) > 1 {
				t.Errorf("the files are now %q", now)
			}
		}
	}
	w.write("file", "")
	w.run("plan", "--out", "file/plan.json").want(t, 1, "cannot save the plan", "not a directory")
	w.wantUntouched()
}

// Every file that fleet writes is its owner's alone, whatever the umask.
func TestFileModes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, servers(2))
	w.start(limited("umask 0"), "plan", "--out", "plan.json").wait().want(t, 0)
	w.start(limited("umask 0"), applying()...).wait().want(t, 0)
	w.start(limited("umask 0"), applying()...).wait().want(t, 0) // rewrites the journal
	files := w.files()
	if len(files) != 4 {
		t.Errorf("%d files were written, want the plan, the journal, its lock and the endpoint's", len(files))
	}
	for name := range files {
		info, err := os.Lstat(filepath.Join(w.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode(); mode != 0o600 {
			t.Errorf("%s is %s", name, mode)
		}
	}
	if info, err := os.Stat(filepath.Join(w.dir, "state", "fleet")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the state folder is %s, %v", info.Mode(), err)
	}
}

// A symbolic link in the place of a file leads nowhere.
func TestPlantedLinks(t *testing.T) {
	for _, test := range []struct {
		link string
		args []string
	}{
		{"journal", applying("--journal", "journal")},
		{"journal.lock", applying("--journal", "journal")},
		{"plan.json", []string{"plan", "--out", "plan.json"}},
	} {
		t.Run(test.link, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, &emulator.Emulator{}, servers(2))
			w.write("precious", "")
			if err := os.Symlink("precious", filepath.Join(w.dir, test.link)); err != nil {
				t.Fatal(err)
			}
			w.run(test.args...).want(t, 1, "cannot ", test.link)
			if text := w.files()["precious"]; text != "" {
				t.Errorf("it was written through: %q", text)
			}
			w.wantUntouched()
		})
	}
}
