package files

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// unfit makes what is no regular file at a path, of each kind that there is.
var unfit = map[string]func(path string) error{
	"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
	"a link":   func(path string) error { return os.Symlink("precious", path) },
	"a link to nothing": func(path string) error {
		return os.Symlink("nothing", path)
	},
}

func TestOnlyRegularFiles(t *testing.T) {
	for kind, plant := range unfit {
		for what, do := range map[string]func(path string) error{
			"read": func(path string) error { _, err := Read(path); return err },
			"append": func(path string) error {
				f, err := Append(path)
				if err == nil {
					f.WriteString("more")
					f.Close()
				}
				return err
			},
			"replace":  func(path string) error { return Replace(path, []byte("new"), 0o600) },
			"exchange": func(path string) error { return Exchange(path, []byte("old"), []byte("new")) },
			"update":   func(path string) error { return Update(path, []byte("new")) },
		} {
			dir := t.TempDir()
			precious, path := filepath.Join(dir, "precious"), filepath.Join(dir, "file")
			if err := errors.Join(os.WriteFile(precious, []byte("old"), 0o600), plant(path)); err != nil {
				t.Fatal(err)
			}
			if err := do(path); !errors.Is(err, ErrNotRegular) {
				t.Errorf("%s %s: %v", what, kind, err)
			}
			if data, _ := os.ReadFile(precious); string(data) != "old" {
				t.Errorf("%s %s: it leads to %q", what, kind, data)
			}
			if _, err := os.Lstat(filepath.Join(dir, "nothing")); err == nil {
				t.Errorf("%s %s: a file was made where it leads", what, kind)
			}
		}
	}
}

func TestReplaceAndAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if data, err := Read(path); data != nil || err != nil {
		t.Errorf("no file is %q, %v", data, err)
	}
	for _, text := range []string{"one\n", "two\n"} {
		if err := Replace(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		f, err := Append(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("more\n"); err != nil || f.Close() != nil {
			t.Fatal(err)
		}
	}
	if data, err := Read(path); string(data) != "two\nmore\nmore\n" || err != nil {
		t.Errorf("it is %q, %v", data, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); len(entries) != 1 || err != nil {
		t.Errorf("%d files are left, %v", len(entries), err)
	}
	if err := os.Truncate(path, MaxRead+1); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil {
		t.Error("a file of any size is read")
	}
}

// A file is exchanged only where it is what it was taken for.
func TestExchange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, step := range []struct {
		old, data []byte
		want      error
		content   string
	}{
		{[]byte("x"), []byte("y"), ErrChanged, ""},
		{nil, []byte("one"), nil, "one"},
		{nil, []byte("two"), ErrChanged, "one"},
		{[]byte("other"), []byte("two"), ErrChanged, "one"},
		{[]byte("one"), []byte("two"), nil, "two"},
		{[]byte("two"), nil, nil, ""},
	} {
		if err := Exchange(path, step.old, step.data); !errors.Is(err, step.want) {
			t.Errorf("%q to %q: %v, want %v", step.old, step.data, err, step.want)
		}
		if got, _ := os.ReadFile(path); string(got) != step.content {
			t.Errorf("%q to %q: the file is %q", step.old, step.data, got)
		}
		if step.content == "one" {
			if err := os.Chmod(path, 0o640); err != nil {
				t.Fatal(err)
			}
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}
