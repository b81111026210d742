package fleet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxSize bounds the bytes of all files of a fleet together.
const maxSize = 64 << 20

// Load reads files and directories as one fleet. Of a directory it reads every
// *.yaml and *.yml, sorted, without descending, and follows no link out of it.
// It is all or nothing: the error is Problems where the text is at fault, and
// tells of the first path that cannot be read otherwise.
func Load(paths ...string) (*Fleet, error) {
	if len(paths) == 0 {
		return nil, errors.New("no fleet file given")
	}
	l := loader{seen: map[string]string{}}
	for _, path := range paths {
		if err := l.path(path); err != nil {
			return nil, err
		}
	}
	return read(l.files)
}

// loader gathers the text of files, each once, within maxSize.
type loader struct {
	files []*file
	size  int64
	seen  map[string]string // resolved path → the path as given
}

func (l *loader) path(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no fleet file %s: %w\nhint: start with three lines, \"version: 1\", \"servers:\" and \"  web-01: {plan: …, os: …, location: …}\"",
			escape(path), fs.ErrNotExist)
	case err != nil:
		return fmt.Errorf("cannot read fleet file: %s", escape(err.Error()))
	case info.IsDir():
		return l.directory(path)
	}
	return l.read(path, info, func() (*os.File, error) {
		return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	})
}

func (l *loader) directory(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return fmt.Errorf("cannot read fleet directory: %s", escape(err.Error()))
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("cannot read fleet directory %s: %s", escape(path), escape(err.Error()))
	}
	found := false
	for _, e := range entries {
		name := e.Name()
		if !IsFleetFile(name) {
			continue
		}
		found = true
		full := filepath.Join(path, name)
		info, err := root.Stat(name)
		if err != nil {
			return fmt.Errorf("cannot read fleet file %s: %s", escape(full), escape(err.Error()))
		}
		err = l.read(full, info, func() (*os.File, error) {
			return root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		})
		if err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("no fleet file in directory %s: none ends in .yaml or .yml", escape(path))
	}
	return nil
}

// IsFleetFile reports whether a file of this name is read where its directory is
// given.
func IsFleetFile(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(name, ".")
}

// read takes in one file. What is no regular file is not even opened, and opening
// does not block, so that a pipe put there in between cannot hold the run.
func (l *loader) read(path string, info fs.FileInfo, open func() (*os.File, error)) error {
	if err := regular(path, info); err != nil {
		return err
	}
	if err := l.once(path); err != nil {
		return err
	}
	f, err := open()
	if err != nil {
		return fmt.Errorf("cannot read fleet file: %s", escape(err.Error()))
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return fmt.Errorf("cannot read fleet file: %s", escape(err.Error()))
	}
	if err := regular(path, info); err != nil {
		return err
	}
	tooLarge := fmt.Errorf("fleet file %s is too large: fleet reads at most %d MiB in all", escape(path), maxSize>>20)
	if l.size+info.Size() > maxSize {
		return tooLarge
	}
	text := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead)) // nothing to grow, unlike ReadAll
	_, err = text.ReadFrom(io.LimitReader(f, maxSize-l.size+1))
	if err != nil {
		return fmt.Errorf("cannot read fleet file %s: %s", escape(path), escape(err.Error()))
	}
	if l.size += int64(text.Len()); l.size > maxSize {
		return tooLarge
	}
	l.files = append(l.files, &file{name: path, data: text.Bytes()})
	return nil
}

// once refuses a file that was given before, under whatever name.
func (l *loader) once(path string) error {
	resolved, err := filepath.EvalSymlinks(path)
	if err == nil {
		resolved, err = filepath.Abs(resolved)
	}
	if err != nil {
		return fmt.Errorf("cannot read fleet file: %s", escape(err.Error()))
	}
	if first, ok := l.seen[resolved]; ok {
		return fmt.Errorf("fleet file %s is given twice, first as %s", escape(path), escape(first))
	}
	l.seen[resolved] = path
	return nil
}

func regular(path string, info fs.FileInfo) error {
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
	return fmt.Errorf("fleet file %s is %s, not a regular file", escape(path), kind)
}
