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

// A file keeps its mode and owner, and what has the content already is not touched.
func TestUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := Update(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	owner := uint32(os.Getuid())
	if os.Getuid() == 0 {
		owner = 12345
		if err := os.Chown(path, int(owner), int(owner)); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.Stat(path)
	for _, text := range []string{"one", "two"} {
		if err := Update(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(path)
		if err != nil || after.Mode() != 0o640 || after.Sys().(*syscall.Stat_t).Uid != owner {
			t.Errorf("%s: %v, %+v", text, err, after.Sys())
		}
		if same := os.SameFile(before, after); same != (text == "one") {
			t.Errorf("%s: the same file: %v", text, same)
		}
		if data, _ := os.ReadFile(path); string(data) != text {
			t.Errorf("got %q, want %q", data, text)
		}
	}
}
