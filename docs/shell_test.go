package docs_test

import (
	"errors"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bin is the folder with the command.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "docs")
		if err != nil {
			log.Fatal(err)
		}
		defer os.RemoveAll(dir)
		bin = dir
		build := exec.Command("go", "build", "-o", bin, ".")
		build.Dir = ".."
		if out, err := build.CombinedOutput(); err != nil {
			log.Printf("%v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// shell runs commands as a reader would: in a folder with the examples, with
// fleet on the path and nothing of fleet's in the environment.
type shell struct{ dir string }

func newShell(t *testing.T) shell {
	t.Helper()
	s := shell{t.TempDir()}
	s.clear(t)
	return s
}

// clear puts the folder into its first state.
func (s shell) clear(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(s.dir, "examples"), os.DirFS("../examples")); err != nil {
		t.Fatal(err)
	}
}

// run returns what a command prints, on stdout and stderr alike, and its exit code.
func (s shell) run(t *testing.T, command string) (output string, code int) {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = s.dir
	cmd.Env = []string{"HOME=" + s.dir, "PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n"), cmd.ProcessState.ExitCode()
}

func (s shell) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
