package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The most lines of a file and of a function, tests included.
const (
	maxFile     = 300
	maxFunction = 60
)

func TestSizes(t *testing.T) {
	err := fs.WalkDir(os.DirFS(".."), ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") {
			return err
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, filepath.Join("..", file), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		lines := func(n ast.Node) int { return files.Position(n.End()).Line - files.Position(n.Pos()).Line + 1 }
		if n := files.File(parsed.Pos()).LineCount(); n > maxFile+1 { // the last line break begins one more
			t.Errorf("%s has %d lines, %d at most: give a part of its idea a file of its own", file, n-1, maxFile)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && lines(f) > maxFunction {
				t.Errorf("%s: %s has %d lines, %d at most", file, f.Name.Name, lines(f), maxFunction)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
