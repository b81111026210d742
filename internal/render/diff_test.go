package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/internal/installed"
)

func TestDiff(t *testing.T) {
	lines := "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	tests := []struct{ name, before, after, want string }{
		{"nothing", lines, lines, ""},
		{"one change", lines, strings.Replace(lines, "5", "five", 1), "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"at both ends", lines, "0\n" + lines + "10\n", "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -7,3 +8,4 @@\n 7\n 8\n 9\n+10\n"},
		{"near one another", lines, strings.Replace(strings.Replace(lines, "2\n", "", 1), "8\n", "8\n\n", 1), "@@ -1,9 +1,9 @@\n 1\n-2\n 3\n 4\n 5\n 6\n 7\n 8\n+\n 9\n"},
		{"without a last line end", "1\n2", "1\n2\n3", "@@ -1,2 +1,3 @@\n 1\n-2\n\\ No newline at end of file\n+2\n+3\n\\ No newline at end of file\n"},
		{"all of it", "", "1\n", "@@ -0,0 +1,1 @@\n+1\n"},
		{"carriage returns stay", "1\r\n", "1\r\n2\r\n", "@@ -1,1 +1,2 @@\n 1\r\n+2\r\n"},
	}
	for _, test := range tests {
		want := test.want
		if want != "" {
			want = "--- f.yaml\n+++ f.yaml\n" + want
		}
		if diff := cmp.Diff(want, Diff("f.yaml", []byte(test.before), []byte(test.after), Style{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.name, diff)
		}
	}
	if got := Diff("new.yaml", nil, []byte("1\n"), Style{Color: true}); !strings.Contains(got, "--- /dev/null") || !strings.Contains(got, "\x1b[32m+1\x1b[0m\n") {
		t.Errorf("%q", got)
	}
}

// TestDiffProperty applies diffs of random texts with patch.
func TestDiffProperty(t *testing.T) {
	patch := installed.Need(t, "patch", "patch")
	dir := t.TempDir()
	texts := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "", " x", "- y", "\\"}), 1, 20), func(lines []string) string { return strings.Join(lines, "\n") })
	rapid.Check(t, func(t *rapid.T) {
		before, after := texts.Draw(t, "before"), texts.Draw(t, "after")
		file := filepath.Join(dir, "f.yaml")
		if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		diff := Diff("f.yaml", []byte(before), []byte(after), Style{})
		if diff != "" {
			cmd := exec.Command(patch, "-p0", "--quiet", "f.yaml")
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, diff)
			}
		}
		got, err := os.ReadFile(file)
		if after == "" && err != nil {
			return // patch removes a file that is empty
		}
		if string(got) != after {
			t.Fatalf("%q\nto %q\nis %q by\n%s", before, after, got, diff)
		}
	})
}
