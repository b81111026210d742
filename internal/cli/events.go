package cli

import (
	"fmt"
	"os"

	"github.com/rs/zerolog"
	"github.com/vps-fleet/fleet/internal/render"
)

// eventFile is the file of --events, a line an event, written as it happens. A
// line that cannot be written stops no apply. Its nil takes lines as well.
type eventFile struct {
	file *os.File
	log  zerolog.Logger
	err  error // of the first line that could not be written; none is written after it
}

// openEvents empties or makes the file, before anything is changed.
func (s *session) openEvents() error {
	if s.flags.events == "" {
		return nil
	}
	f, err := os.OpenFile(s.flags.events, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write the events, nothing was changed: %w", err)
	}
	s.events = &eventFile{file: f, log: s.log}
	return nil
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

// closeEvents says when the run has ended whether all its events are there.
func (s *session) closeEvents() {
	if s.events == nil {
		return
	}
	err := s.events.file.Close()
	if s.events.err != nil {
		err = s.events.err
	}
	if err != nil {
		fmt.Fprintf(s.Stderr, "error: the events are not complete: %s\n", render.EscapeLines(err.Error()))
	}
}
