package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const source = `package p

func first() int { return 1 }

func (s *set[T]) len() int { return 1 }
`

func TestPlant(t *testing.T) {
	for _, test := range []struct {
		name, fn, old string
		want          string // in the changed source, or in the error
	}{
		{"in a function", "first", "return 1", "func first() int { return 2 }"},
		{"in a method", "set.len", "return 1", "len() int { return 2 }"},
		{"another file's function", "last", "return 1", ""},
		{"text that is not there", "first", "return 3", `contains "return 3" 0 times`},
		{"text that is there twice", "first", "t", "times instead of once"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := mutant{fn: test.fn, old: test.old, new: "return 2"}.plant([]byte(source))
			if err != nil {
				got = []byte(err.Error())
			}
			if !strings.Contains(string(got), test.want) || test.want == "" && got != nil {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Every bug fits the code, and its test exists.
func TestTable(t *testing.T) {
	t.Chdir("../..")
	for _, m := range table {
		if _, err := m.overlay(t.TempDir()); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		files, err := filepath.Glob(filepath.Join(m.pkg, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(files, func(file string) bool {
			src, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(src), "\nfunc "+m.test+"(t *testing.T)")
		})
		if !found {
			t.Errorf("%s: %s has no %s", m.name, m.pkg, m.test)
		}
	}
}
