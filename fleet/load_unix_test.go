//go:build unix

package fleet

import (
	"strings"
	"syscall"
	"testing"
)

// TestLoadRefusesSpecialFiles holds that nothing is opened that could block the run.
func TestLoadRefusesSpecialFiles(t *testing.T) {
	t.Chdir(write(t, map[string]string{"pipes/keep": ""}))
	for _, pipe := range []string{"pipe", "pipes/x.yaml"} {
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"pipe":      "cannot read fleet file pipe: a named pipe, not a regular file",
		"pipes":     "cannot read fleet file pipes/x.yaml: a named pipe, not a regular file",
		"/dev/null": "cannot read fleet file /dev/null: a device, not a regular file",
	} {
		if f, err := Load(path); err == nil || f != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v", path, f, err)
		}
	}
}
