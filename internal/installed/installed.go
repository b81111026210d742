// Package installed is for tests that need a program of the system. Where that is not
// installed they are skipped, and fail in pipelines, which set CI.
package installed

import (
	"os"
	"os/exec"
	"testing"
)

// Need finds a program, which Debian has in a package.
func Need(t testing.TB, program, pkg string) (path string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		Missing(t, program, pkg)
	}
	return path
}

// Missing ends a test that lacks something of a Debian package.
func Missing(t testing.TB, what, pkg string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed; Debian has it in the package %s", what, pkg)
	}
	t.Skipf("%s is not installed; Debian has it in the package %s", what, pkg)
}
