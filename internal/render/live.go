package render

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// Live shows the progress of an apply on a terminal: lines scroll up, and below
// them one line that rewrites itself says how far it is. Make one with NewLive;
// Stop leaves the terminal as if the last line had never been there.
type Live struct {
	out   io.Writer
	width func() int // of the terminal, in characters
	style Style
	total int // changes and waits in the plan
	quit  chan struct{}
	wg    sync.WaitGroup

	mu      sync.Mutex
	begun   time.Time
	busy    map[string]bool // servers under way; true: only waited for
	waiting int             // of them, those only waited for
	done    int
	failed  int
	drawn   bool
	stopped bool
}

// NewLive starts to show progress through a plan with total changes and waits.
func NewLive(out io.Writer, width func() int, total int, s Style) *Live {
	l := &Live{out: out, width: width, style: s, total: total, begun: time.Now(),
		busy: make(map[string]bool), quit: make(chan struct{})}
	l.wg.Go(l.tick)
	return l
}

// tick keeps the seconds going while nothing happens.
func (l *Live) tick() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-l.quit:
			return
		case <-t.C:
			l.above(nil)
		}
	}
}

// Emit shows an event. Who is still waited for shows in the status line.
func (l *Live) Emit(e apply.Event) {
	l.count(e)
	lines := ""
	if _, repeats := e.(apply.Progress); !repeats {
		for _, s := range Lines(e, l.style) {
			lines += s + "\n"
		}
	}
	l.above([]byte(lines))
}

func (l *Live) count(e apply.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := e.(type) {
	case apply.ChangeStarted:
		l.forget(e.Change.About().Name)
		l.busy[e.Change.About().Name] = false
	case apply.WaitStarted:
		l.forget(e.Name)
		l.busy[e.Name] = true
		l.waiting++
	case apply.ChangeFinished:
		l.forget(reportName(e.Report))
		switch e.Report.Outcome {
		case apply.Done:
			l.done++
		case apply.Failed, apply.Unknown:
			l.failed++
		}
	}
}

// forget takes a server from those under way.
func (l *Live) forget(name string) {
	if l.busy[name] {
		l.waiting--
	}
	delete(l.busy, name)
}

// above writes text over the status line and draws that anew below it.
func (l *Live) above(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write([]byte(l.wipe() + string(text) + l.draw())) // a terminal that is gone does not stop the work
}

// Above returns a writer for other output to the same terminal, such as logs,
// that keeps it clear of the status line.
func (l *Live) Above(w io.Writer) io.Writer { return aboveWriter{l, w} }

type aboveWriter struct {
	live *Live
	w    io.Writer
}

func (a aboveWriter) Write(p []byte) (int, error) {
	a.live.mu.Lock()
	defer a.live.mu.Unlock()
	_, _ = io.WriteString(a.live.out, a.live.wipe())
	n, err := a.w.Write(p)
	_, _ = io.WriteString(a.live.out, a.live.draw())
	return n, err
}

func (l *Live) wipe() string {
	if !l.drawn {
		return ""
	}
	l.drawn = false
	return "\r\x1b[K"
}

// draw is the status line, truncated to the terminal's width. It ends where it is, so
// that the next write can wipe it.
func (l *Live) draw() string {
	if l.stopped {
		return ""
	}
	parts := []string{fmt.Sprintf("%d/%d done", l.done, l.total)}
	parts = append(parts, counted(len(l.busy)-l.waiting, "under way", l.waiting, "waiting", l.failed, "failed")...)
	text := []rune(strings.Join(parts, ", ") + "  [" + span(time.Since(l.begun)) + "]")
	if w := l.width() - 1; w > 0 && len(text) > w {
		text = text[:w]
	}
	l.drawn = true
	return l.style.paint(dim, string(text))
}

// Stop takes the status line away and shows nothing more. It may be called twice.
func (l *Live) Stop() {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	l.stopped = true
	_, _ = io.WriteString(l.out, l.wipe())
	l.mu.Unlock()
	close(l.quit)
	l.wg.Wait()
}
