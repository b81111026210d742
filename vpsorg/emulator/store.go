package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vps-fleet/fleet/internal/files"
)

// storeVersion is the form of the file that Open reads and save writes.
const storeVersion = 1

type store struct {
	Version int `json:"version"`
	world
}

// DamagedError is a file that does not hold a world.
type DamagedError struct {
	File string
	Err  error // what is wrong with it
}

func (e *DamagedError) Error() string {
	return "the sandbox's world in " + e.File + " is damaged: " + e.Err.Error()
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Hint is what to do about it, in one line.
func (e *DamagedError) Hint() string { return "move the file away to start with an empty world" }

// Open returns an emulator whose world is kept in file, 0600, written whole
// after each change and made, with its directory, by the first. Transitions go
// on by the clock while nobody runs it. A file that exists but does not hold a
// world is a *DamagedError, and is left as it is.
func Open(file string) (*Emulator, error) {
	e := &Emulator{file: file}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the sandbox's world: %w", err)
	}
	if err := e.load(data); err != nil {
		return nil, &DamagedError{file, err}
	}
	return e, nil
}

func (e *Emulator) load(data []byte) error {
	var s store
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s.Version != storeVersion {
		return fmt.Errorf("it is of version %d, not %d", s.Version, storeVersion)
	}
	serial := -1
	for i, r := range s.Servers {
		if r == nil || r.ID == "" || r.BackupsEnabled == nil || r.ResourceUsage == nil {
			return fmt.Errorf("server %d of %d is incomplete", i+1, len(s.Servers))
		}
		if e.world.byID[r.ID] != nil || r.Serial <= serial || r.Serial >= s.Made {
			return fmt.Errorf("server %d of %d, id %s, is out of order", i+1, len(s.Servers), r.ID)
		}
		serial = r.Serial
		e.world.insert(r)
	}
	e.world.Made, e.world.Charged = s.Made, s.Charged
	return nil
}

// save returns when the file is up to the world. What changes while the file is
// being written waits and is written together. What could not be saved is tried
// again at the next request. The lock is not held.
func (e *Emulator) save() error {
	if e.file == "" {
		return nil
	}
	e.saving.Lock()
	defer e.saving.Unlock()
	data, err := e.unsaved()
	if err != nil || data == nil {
		return err
	}
	if err = os.MkdirAll(filepath.Dir(e.file), 0o700); err == nil {
		err = files.Replace(e.file, append(data, '\n'), 0o600)
	}
	if err != nil {
		e.mu.Lock()
		e.dirty = true
		e.mu.Unlock()
	}
	return err
}

// unsaved is what the file is to hold; nil where it does already. It is one line:
// to lay out thousands of servers for each create takes longer than all else.
func (e *Emulator) unsaved() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.dirty {
		return nil, nil
	}
	e.dirty = false
	return json.Marshal(store{storeVersion, e.world})
}
