//go:build !windows

package files

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func init() {
	unfit["a pipe"] = func(path string) error { return syscall.Mkfifo(path, 0o600) }
}

// Whatever the umask, a file has the mode that was asked for.
func TestModes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := Replace(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o666 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}
