package apply_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/vps-fleet/fleet/apply"
)

// A pipe takes what is written to it and cannot be synced: where nobody notices
// that, nothing was.
func TestFileIsSynced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(path, os.O_RDWR, 0) // so that it opens at once
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	file := &apply.File{Path: path}
	defer file.Close()
	if err := file.Append([]byte("line\n")); err != nil {
		t.Fatal(err)
	}
	if file.Sync() == nil {
		t.Error("a pipe was synced")
	}
}
