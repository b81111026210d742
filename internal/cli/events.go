package cli

import (
	"cmp"
	"fmt"
	"os"

	"github.com/rs/zerolog"
)

// eventFile is the file of --events, a line an event, written as it happens. A
// line that cannot be written stops no apply. Its nil takes lines as well.
type eventFile struct {
	file *os.File
	log  zerolog.Logger
	err  error // of the first line that could not be written; none is written after it
}

// openEvents empties or makes the file, before anything is changed.
func openEvents(path string, log zerolog.Logger) (*eventFile, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot write the events, nothing was changed: %w", err)
	}
	return &eventFile{file: f, log: log}, nil
}

// write writes a whole line at once. Lines come one at a time.
func (e *eventFile) write(line []byte) {
	if e == nil || e.err != nil {
		return
	}
	if _, e.err = e.file.Write(line); e.err != nil {
		e.log.Error().Err(e.err).Msg("the events end here")
	}
}

// close ends the file. Its error says that not all events were written.
func (e *eventFile) close() error {
	if e == nil {
		return nil
	}
	if err := cmp.Or(e.err, e.file.Close()); err != nil {
		return fmt.Errorf("the events are not complete: %w", err)
	}
	return nil
}
