package cli

import (
	"io"
	"strings"
	"sync"

	"github.com/rs/zerolog"
	"github.com/vps-fleet/fleet/internal/render"
)

// command is the process that a command runs in, and what its flags say. What the
// run comes to is in its record.
type command struct {
	Process
	flags      flags
	log        zerolog.Logger
	diag       *diagnostics
	notices    notices
	interrupts *interrupts
	requests   requests // that were sent
}

func newCommand(p Process) *command {
	d := &diagnostics{w: p.Stderr}
	n := notices{d, p.Stderr}
	return &command{Process: p, flags: newFlags(), diag: d, notices: n, log: zerolog.Nop(), interrupts: newInterrupts(p.Signals, n)}
}

// diagnostics is stderr for logs and notices. While a live display is on the
// terminal they go through it.
type diagnostics struct {
	mu sync.Mutex
	w  io.Writer
}

func (d *diagnostics) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.w.Write(p)
}

func (d *diagnostics) redirect(w io.Writer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.w = w
}

// notices is diagnostics for sentences: they are folded where the lines of a terminal
// end.
type notices struct {
	diag   *diagnostics
	stderr io.Writer
}

func (n notices) Write(p []byte) (int, error) {
	if _, err := io.WriteString(n.diag, render.Fold(string(p), terminalWidth(n.stderr))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// startLog begins logging to stderr as the flags say.
func (c *command) startLog() error {
	level, err := zerolog.ParseLevel(c.flags.logLevel)
	if err != nil || c.flags.logLevel == "" {
		return refusal{"--log-level " + c.flags.logLevel + " is not a level", "the levels are " + strings.Join(levels, ", ")}
	}
	var w io.Writer = c.diag
	switch c.flags.logFormat {
	case "console":
		w = zerolog.ConsoleWriter{Out: c.diag, NoColor: !c.style(c.Stderr).Color}
	case "json":
	default:
		return refusal{"--log-format " + c.flags.logFormat + " is not a format", "the formats are " + strings.Join(logFormats, ", ")}
	}
	c.log = zerolog.New(w).Level(level).With().Timestamp().Logger()
	return nil
}
