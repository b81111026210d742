package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"

	"github.com/vps-fleet/fleet/internal/render"
)

// text is where text goes: stdout, unless that is for a document.
func (c *command) text() io.Writer {
	if c.flags.json {
		return c.Stderr
	}
	return c.Stdout
}

// print writes text. That nobody reads it does not stop an apply.
func (c *command) print(text string) { _, _ = io.WriteString(c.text(), text) }

// show writes what a command is there to tell.
func (c *command) show(text string) error {
	_, err := io.WriteString(c.Stdout, text)
	return written("to stdout", err)
}

// written is the error of writing what a command is there to tell. That nobody reads
// on, as after head, is none.
func written(what string, err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return fmt.Errorf("cannot write %s: %w", what, err)
}

// style is how text on w looks: in colour on a terminal only, unless NO_COLOR or
// --no-color forbids it.
func (c *command) style(w io.Writer) render.Style {
	plain := c.flags.noColor || c.Getenv("NO_COLOR") != "" || c.Getenv("TERM") == "dumb"
	return render.Style{Color: isTerminal(w) && !plain, Width: terminalWidth(w)}
}

// planText is a plan as text on w, with what carrying it out will take.
func (c *command) planText(r render.Run, w io.Writer) string {
	style := c.style(w)
	switch {
	case c.flags.full:
		style.View = render.Whole
	case c.flags.summary:
		style.View = render.Summary
	}
	return render.Plan(r.Plan, style) + render.Estimate(r.Plan, r.Outlook, style)
}

// isLive reports whether what is written to w can be written over.
func (c *command) isLive(w io.Writer) bool { return isTerminal(w) && c.Getenv("TERM") != "dumb" }

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
