package fleet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// maxSize bounds the bytes of all files of a fleet together.
const maxSize = 64 << 20

// Load reads files and directories as one fleet. Programs that the fleet runs and that
// this host lacks are among its Warnings. It is all or nothing: the error is
// Problems where the text is at fault, and that of ReadTexts otherwise.
func Load(paths ...string) (*Fleet, error) {
	texts, err := ReadTexts(paths...)
	if err != nil {
		return nil, err
	}
	f, err := Parse(texts...)
	if err == nil {
		f.findPrograms()
	}
	return f, err
}

// ReadTexts reads the text of fleet files, byte for byte. Of a directory it reads
// every *.yaml and *.yml, sorted, without descending, and follows no link out of
// it. The error is a *ReadError for the first path that cannot be read.
func ReadTexts(paths ...string) ([]Text, error) {
	if len(paths) == 0 {
		return nil, errors.New("no fleet file given")
	}
	l := loader{seen: map[string]string{}}
	for _, path := range paths {
		if err := l.path(path); err != nil {
			return nil, err
		}
	}
	return l.texts, nil
}

// loader gathers the text of files, each once, within maxSize.
type loader struct {
	texts []Text
	size  int64
	seen  map[string]string // resolved path → the path as given
}

func (l *loader) path(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &ReadError{Path: path, Err: fs.ErrNotExist, missing: true}
	case err != nil:
		return &ReadError{Path: path, Err: err}
	case info.IsDir():
		return l.directory(path)
	}
	return l.read(path, info, func(flag int) (*os.File, error) { return os.OpenFile(path, flag, 0) })
}

func (l *loader) directory(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return &ReadError{Path: path, Err: err}
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !IsFleetFile(e.Name()) })
	if err == nil && len(entries) == 0 {
		err = errors.New("no file in this directory ends in .yaml or .yml")
	}
	if err != nil {
		return &ReadError{Path: path, Err: err}
	}
	for _, e := range entries {
		name, full := e.Name(), filepath.Join(path, e.Name())
		info, err := root.Stat(name)
		if err != nil {
			return &ReadError{Path: full, Err: err}
		}
		err = l.read(full, info, func(flag int) (*os.File, error) { return root.OpenFile(name, flag, 0) })
		if err != nil {
			return err
		}
	}
	return nil
}

// IsFleetFile reports whether a file of this name is read where its directory is
// given.
func IsFleetFile(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(name, ".")
}

// read takes in one file.
func (l *loader) read(path string, info fs.FileInfo, open func(flag int) (*os.File, error)) error {
	data, err := l.data(path, info, open)
	if err != nil {
		return &ReadError{Path: path, Err: err}
	}
	l.texts = append(l.texts, Text{path, data})
	return nil
}

// data reads a file, as far as maxSize allows. What is no regular file is not even
// opened, and opening does not block, so that a pipe put there in between cannot hold
// the run.
func (l *loader) data(path string, info fs.FileInfo, open func(flag int) (*os.File, error)) ([]byte, error) {
	if err := regular(info); err != nil {
		return nil, err
	}
	if err := l.once(path); err != nil {
		return nil, err
	}
	f, err := open(os.O_RDONLY | syscall.O_NONBLOCK)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	tooLarge := fmt.Errorf("too large: all files together may have %d MiB", maxSize>>20)
	if l.size+info.Size() > maxSize {
		return nil, tooLarge
	}
	text := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead)) // nothing to grow, unlike ReadAll
	if _, err := text.ReadFrom(io.LimitReader(f, maxSize-l.size+1)); err != nil {
		return nil, err
	}
	if l.size += int64(text.Len()); l.size > maxSize {
		return nil, tooLarge
	}
	return text.Bytes(), nil
}

// once refuses a file that was given before, under whatever name.
func (l *loader) once(path string) error {
	resolved, err := filepath.EvalSymlinks(path)
	if err == nil {
		resolved, err = filepath.Abs(resolved)
	}
	if err != nil {
		return err
	}
	if first, ok := l.seen[resolved]; ok {
		return fmt.Errorf("given twice, first as %s", first)
	}
	l.seen[resolved] = path
	return nil
}

func regular(info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	kind := "a special file"
	switch mode := info.Mode(); {
	case mode.IsDir():
		kind = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return fmt.Errorf("%s, not a regular file", kind)
}

// ReadError is why a path cannot be read as fleet files.
type ReadError struct {
	Path string // as given, or of a file in a directory that was given
	Err  error  // what is wrong with it

	missing bool // nothing is at a path that was given
}

// Error names the path and says what is wrong with it, with nothing in it that a
// terminal would obey.
func (e *ReadError) Error() string {
	if e.missing {
		return "no fleet file " + Escape(e.Path)
	}
	reason := e.Err
	var at *fs.PathError
	if errors.As(reason, &at) {
		reason = at.Err // it has a path of its own, often only the last part
	}
	return fmt.Sprintf("cannot read fleet file %s: %s", Escape(e.Path), Escape(reason.Error()))
}

// Unwrap gives what is wrong; fs.ErrNotExist where nothing is there.
func (e *ReadError) Unwrap() error { return e.Err }

// Hint says how to begin where there is no file; otherwise it is "".
func (e *ReadError) Hint() string {
	if !e.missing {
		return ""
	}
	return `"fleet import --write" writes one for servers that exist; a new one begins with "version: 1", "servers:" and "  web-01: {plan: …, os: …, location: …}"`
}
