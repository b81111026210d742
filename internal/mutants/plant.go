package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// overlay writes what go's -overlay flag reads, and the changed file, to dir.
func (m mutant) overlay(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(m.pkg, "*.go"))
	if err != nil {
		return "", err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		changed, err := m.plant(src)
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		if changed == nil {
			continue
		}
		absolute, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		copied := filepath.Join(dir, "changed.go")
		replace, err := json.Marshal(map[string]map[string]string{"Replace": {absolute: copied}})
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(copied, changed, 0o600); err != nil {
			return "", err
		}
		overlay := filepath.Join(dir, "overlay.json")
		return overlay, os.WriteFile(overlay, replace, 0o600)
	}
	return "", fmt.Errorf("%s has no function %s", m.pkg, m.fn)
}

// plant returns src with the bug in it, or nil where src lacks the function.
func (m mutant) plant(src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || name(f) != m.fn {
			continue
		}
		from, to := fset.Position(f.Pos()).Offset, fset.Position(f.End()).Offset
		body := src[from:to]
		if n := bytes.Count(body, []byte(m.old)); n != 1 {
			return nil, fmt.Errorf("%s contains %q %d times instead of once", m.fn, m.old, n)
		}
		body = bytes.Replace(body, []byte(m.old), []byte(m.new), 1)
		return bytes.Join([][]byte{src[:from], body, src[to:]}, nil), nil
	}
	return nil, nil
}

// name is a function's name as the table has it, such as Emulator.Add for a method.
func name(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if generic, ok := receiver.(*ast.IndexExpr); ok {
		receiver = generic.X
	}
	if ident, ok := receiver.(*ast.Ident); ok {
		return ident.Name + "." + f.Name.Name
	}
	return f.Name.Name
}
