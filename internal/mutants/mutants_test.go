package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planted are the bugs that the tests must find.
var planted = []string{
	"accept-tampered-plan",
	"approve-of-other-account",
	"approve-other-old-value",
	"approve-other-server",
	"blocked-is-done",
	"change-by-memory",
	"cut-deletes",
	"delete-before-create",
	"delete-by-name",
	"drift-forgets-report",
	"drop-fsync",
	"drop-fsync-of-file",
	"failed-correction-counts",
	"fingerprint-counts-lines",
	"first-of-twins",
	"follow-redirect",
	"forget-in-flight",
	"group-unlike",
	"ignore-402",
	"ignore-retry-after",
	"keep-contradicted-memory",
	"log-header",
	"lose-last-success",
	"lose-second-error",
	"null-as-empty",
	"only-keeps-dependents",
	"passing-status-is-drift",
	"pending-is-drift",
	"poll-without-limiter",
	"put-unread-field",
	"raw-fence",
	"raw-name-in-annotation",
	"raw-name-in-plan",
	"raw-name-in-progress",
	"raw-newline-in-annotation",
	"raw-text-in-page",
	"recreate-on-timeout",
	"remember-changed-server",
	"remember-own-change",
	"retry-create",
	"retry-reboot",
	"settle-at-once",
	"skip-page-2",
	"skip-read-before-delete",
	"skip-recheck-before-change",
	"stale-detail",
	"stale-view",
	"target-forgets-claims",
	"target-widens-deletes",
	"trust-404-on-delete",
	"trust-short-list",
	"unknown-exits-0",
	"unknown-price-is-free",
	"unknown-status-stopped",
	"update-after-power",
	"write-plan-in-place",
}

const root = "../.."

func TestAllAreThere(t *testing.T) {
	if diff := cmp.Diff(planted, mutants(root)); diff != "" {
		t.Errorf("the patches are not those that are wanted (-want +got):\n%s", diff)
	}
}

// A patch that no longer fits the code tests nothing. Where this fails, write the
// same mistake into the code as it is now.
func TestEveryPatchApplies(t *testing.T) {
	for _, name := range mutants(root) {
		patch, err := filepath.Abs(filepath.Join(root, patches, name+".patch"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(patch)
		if err != nil {
			t.Fatal(err)
		}
		if why, _, _ := strings.Cut(string(text), "\n"); !strings.HasSuffix(why, ".") {
			t.Errorf("%s begins with %q, and not with a sentence on what it breaks", name, why)
		}
		for _, line := range strings.Split(string(text), "\n") { // a test that has read a file runs again when it changes
			if file, ok := strings.CutPrefix(line, "+++ b/"); ok {
				_, _ = os.ReadFile(filepath.Join(root, file)) // git says it better where it is gone
			}
		}
		check := exec.Command("git", "apply", "-C1", "--check", patch)
		check.Dir = root
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %s\n%s", name, err, out)
		}
	}
}

func TestFirstFailure(t *testing.T) {
	for _, test := range []struct{ out, want string }{
		{"", ""},
		{`{"Action":"pass","Package":"m/apply","Test":"TestA"}`, ""},
		{`{"Action":"pass","Package":"m/apply"}` + "\n" +
			`{"Action":"fail","Package":"m/vpsorg","Test":"TestB/c"}` + "\n" +
			`{"Action":"fail","Package":"m/vpsorg","Test":"TestB"}`, "vpsorg TestB/c"},
		{"go: downloading\n" + `{"Action":"fail","Package":"m/vpsorg"}`, "vpsorg"},
	} {
		if got := firstFailure(test.out); got != test.want {
			t.Errorf("%q in\n%s\nwant %q", got, test.out, test.want)
		}
	}
}

// The copy is whole, but for git's own folder.
func TestCopyTree(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, file := range []string{".git/config", ".ci/run", "a/b/c.go"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(from, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, file), []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyTree(to, from); err != nil {
		t.Fatal(err)
	}
	var copied []string
	for _, pattern := range []string{".*/*", "*/*/*"} {
		found, _ := filepath.Glob(filepath.Join(to, pattern))
		copied = append(copied, found...)
	}
	want := []string{filepath.Join(to, ".ci/run"), filepath.Join(to, "a/b/c.go")}
	if !slices.Equal(copied, want) {
		t.Errorf("copied are %q, not %q", copied, want)
	}
}
