package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Two folders written of one version are the same bytes, and what an older version has
// left goes.
func TestWrite(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	stale := filepath.Join(b, "man", "fleet-gone.1.gz")
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{a, b} {
		if err := write(dir, "1.2.3", "2026-01-31"); err != nil {
			t.Fatal(err)
		}
	}
	first, second := files(t, a), files(t, b)
	if !maps.Equal(first, second) {
		t.Errorf("two folders differ: %v, %v", slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(second)))
	}
	for _, name := range []string{"man/fleet.1.gz", "man/fleet-plan.1.gz", "man/fleet-apply.1.gz", "man/fleet-file.5.gz", "man/fleet-symbols.7.gz", "man/fleet-exit-codes.7.gz",
		"completions/fleet.bash", "completions/_fleet", "completions/fleet.fish", "completions/fleet.ps1"} {
		if first[name] == "" {
			t.Errorf("%s is missing or empty", name)
		}
	}
}

// A page tells its version and its date, and its file no time of its own.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, "1.2.3", "2026-01-31"); err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(strings.NewReader(files(t, dir)["man/fleet-plan.1.gz"]))
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !r.ModTime.IsZero() {
		t.Errorf("the file tells the time %v", r.ModTime)
	}
	head, _, _ := bytes.Cut(page[bytes.Index(page, []byte(".TH")):], []byte("\n"))
	for _, want := range []string{"1.2.3", "2026", "FLEET"} {
		if !bytes.Contains(head, []byte(want)) {
			t.Errorf("the page begins with %s, without %s", head, want)
		}
	}
}

// files are the texts of the files in a folder, by their paths.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path) // a path of dir
		texts[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
