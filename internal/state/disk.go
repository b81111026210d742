package state

import (
	"io"
	"os"
	"path/filepath"

	"github.com/vps-fleet/fleet/internal/files"
)

// Disk is where the files are: a folder, or a test's that loses what a crash would.
type Disk interface {
	Path(name string) string // for people
	Read(name string) ([]byte, error)
	Append(name string) (Log, error)
	Replace(name string, data []byte) error // whole and durable, or not at all
	Remove(name string) error
	List() ([]Listed, error)

	// Lock locks a file, which is made where there is none, or returns nil where
	// another process has it locked. Many can share a lock.
	Lock(name string, shared bool) (io.Closer, error)

	// Note writes to a file that is locked. It need not last.
	Note(name string, data []byte) error
}

// Log is a file to append to. What was written is durable after Sync.
type Log interface {
	io.WriteCloser
	Sync() error
}

// folder is a Disk: the files of one folder, which is made when it is first needed, as
// durably as what is put into it.
type folder string

func (f folder) Path(name string) string          { return filepath.Join(string(f), name) }
func (f folder) Read(name string) ([]byte, error) { return files.Read(f.Path(name)) }
func (f folder) make() error                      { return makeFolder(string(f)) }

// makeFolder makes a folder and those above it that are missing.
func makeFolder(path string) error {
	var missing []string
	for p := path; p != filepath.Dir(p); p = filepath.Dir(p) {
		if _, err := os.Stat(p); err == nil {
			break
		}
		missing = append(missing, p)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for _, p := range missing {
		if err := files.SyncFolder(filepath.Dir(p)); err != nil {
			return err
		}
	}
	return nil
}

func (f folder) Append(name string) (Log, error) {
	if err := f.make(); err != nil {
		return nil, err
	}
	return files.Append(f.Path(name))
}

func (f folder) Replace(name string, data []byte) error {
	if err := f.make(); err != nil {
		return err
	}
	if err := files.Replace(f.Path(name), data, 0o600); err != nil {
		return err
	}
	return files.SyncFolder(string(f))
}

func (f folder) Remove(name string) error {
	err := os.Remove(f.Path(name))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

func (f folder) List() (list []Listed, err error) {
	entries, err := os.ReadDir(string(f))
	if os.IsNotExist(err) {
		return nil, nil
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // else it has just gone
			list = append(list, Listed{e.Name(), info.ModTime()})
		}
	}
	return list, err
}

func (f folder) Lock(name string, shared bool) (io.Closer, error) {
	if err := f.make(); err != nil {
		return nil, err
	}
	if err := files.CheckRegular(f.Path(name)); err != nil {
		return nil, err
	}
	return lockFile(f.Path(name), shared)
}

// Note goes through no temporary file: the lock is the file's own.
func (f folder) Note(name string, data []byte) error {
	return os.WriteFile(f.Path(name), data, 0o600)
}
