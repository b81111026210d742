package cli

import (
	"io"
	"os"
	"sync"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"golang.org/x/term"
)

// session is one run of one command: its process, its flags and its output.
type session struct {
	Process
	flags      flags
	log        zerolog.Logger
	diag       *diagnostics
	interrupts *interrupts
	calls      callCount
	found      *finding   // what was observed; nil before
	run        render.Run // what it has come to so far, for its reports
	warnings   fleet.Problems
	events     *eventFile // nil where nobody asked for it
}

func newSession(p Process) *session {
	d := &diagnostics{w: p.Stderr}
	return &session{Process: p, diag: d, log: zerolog.Nop(), interrupts: newInterrupts(p.Signals, d)}
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

// startLog begins logging to stderr as the flags say.
func (s *session) startLog() error {
	level, err := zerolog.ParseLevel(s.flags.logLevel)
	if err != nil || s.flags.logLevel == "" {
		return refusal{"--log-level " + s.flags.logLevel + " is not a level", "the levels are debug, info, warn and error"}
	}
	var w io.Writer = s.diag
	switch s.flags.logFormat {
	case "console":
		w = zerolog.ConsoleWriter{Out: s.diag, NoColor: !s.style(s.Stderr).Color}
	case "json":
	default:
		return refusal{"--log-format " + s.flags.logFormat + " is not a format", "the formats are console and json"}
	}
	s.log = zerolog.New(w).Level(level).With().Timestamp().Logger()
	return nil
}

// people is where text for people goes: stdout, unless that is for a document.
func (s *session) people() io.Writer {
	if s.flags.json {
		return s.Stderr
	}
	return s.Stdout
}

// style is how text on w looks: in colour on a terminal only, unless NO_COLOR or
// --no-color forbids it.
func (s *session) style(w io.Writer) render.Style {
	plain := s.flags.noColor || s.Getenv("NO_COLOR") != "" || s.Getenv("TERM") == "dumb"
	return render.Style{Color: isTerminal(w) && !plain, Width: terminalWidth(w)}
}

// planStyle is how a plan looks on w.
func (s *session) planStyle(w io.Writer) render.Style {
	style := s.style(w)
	switch {
	case s.flags.full:
		style.View = render.Whole
	case s.flags.summary:
		style.View = render.Summary
	}
	return style
}

// planText is a plan as text on w, with what carrying it out will take.
func (s *session) planText(p *planner.Plan, w io.Writer) string {
	style := s.planStyle(w)
	return render.Plan(p, style) + render.Estimate(p, s.run.Outlook, style)
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// terminalWidth is how many characters fit on a line; 0 where nobody knows.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}
