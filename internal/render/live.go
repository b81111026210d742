package render

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// Live shows the progress of an apply. On a terminal two lines that rewrite themselves
// say how far it is, and what has ended scrolls up above them; elsewhere there are
// lines alone. Make one with NewLive or NewLog; Stop shows what is left to tell, and
// leaves nothing of the two lines.
type Live struct {
	out   io.Writer
	width func() int // of the terminal, in characters; nil: there is none
	style Style
	news  chan struct{} // something has failed as nothing has before
	quit  chan struct{}
	wg    sync.WaitGroup

	mu      sync.Mutex
	p       *progress
	counted time.Time // when a log has last told how far it is
	drawn   []int     // the widths of the lines of the status
	stopped bool
}

// How often lines tell what has ended, how soon a terminal tells a new failure, with
// those that are like it, and how often a log tells who is waited for.
const (
	tellEvery  = time.Second
	tellNews   = 100 * time.Millisecond
	countEvery = 30 * time.Second
)

// NewLive shows progress through a plan with total changes and waits on a terminal.
// takes is how long it is expected to take.
func NewLive(out io.Writer, width func() int, total int, takes planner.Range, s Style) *Live {
	l := &Live{out: out, width: width, style: s, p: newProgress(total, takes), news: make(chan struct{}, 1), quit: make(chan struct{}), counted: time.Now()}
	l.wg.Go(l.tick)
	return l
}

// NewLog is NewLive without a terminal: lines a second apart, and every half minute
// how far it is and who is waited for.
func NewLog(out io.Writer, total int, s Style) *Live {
	return NewLive(out, nil, total, planner.Range{}, s)
}

// Rolls says what the rollouts of a plan do, for the lines about them.
func (l *Live) Rolls(p *planner.Plan) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.p.doings = doings(p)
}

func (l *Live) tick() {
	t := time.NewTicker(tellEvery)
	defer t.Stop()
	var soon <-chan time.Time
	for {
		select {
		case <-l.quit:
			return
		case <-l.news:
			soon = time.After(tellNews)
			continue
		case <-soon:
		case <-t.C:
		}
		l.mu.Lock()
		l.tell()
		l.mu.Unlock()
	}
}

// Emit takes an event in; what has ended is shown within a second, and a failure as
// there has been none at once where there is a terminal.
func (l *Live) Emit(e apply.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	isNews := l.p.add(e)
	switch {
	case l.stopped:
		l.tell()
	case isNews && l.width != nil:
		select {
		case l.news <- struct{}{}:
		default: // it is told already
		}
	}
}

// InFlight says what is not over yet.
func (l *Live) InFlight() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Escape(l.p.inFlight())
}

// tell writes what has ended above the status, and draws that anew.
func (l *Live) tell() {
	var b strings.Builder
	if l.width != nil {
		l.style.Width = l.width()
	}
	for _, text := range l.p.lines(l.style) {
		b.WriteString(Fold(text, l.style.Width))
	}
	if l.width == nil && !l.stopped && time.Since(l.counted) >= countEvery {
		l.counted = time.Now()
		b.WriteString(l.p.count() + "  [" + span(time.Since(l.p.begun)) + "]")
		b.WriteString(prefixed("; waiting for ", Escape(l.p.oldest(3))) + "\n")
		for _, text := range l.p.rollingLines() {
			b.WriteString(text + "\n")
		}
	}
	if text := l.wipe() + b.String() + l.draw(); text != "" {
		_, _ = io.WriteString(l.out, text) // a terminal that is gone does not stop the work
	}
}

// Above returns a writer for other output to the same terminal, such as logs,
// that keeps it clear of the status.
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

// wipe takes the status away, though a terminal that has become narrower has broken its
// lines.
func (l *Live) wipe() string {
	if l.drawn == nil {
		return ""
	}
	rows := 0
	for _, n := range l.drawn {
		rows++
		if w := l.width(); w > 0 && n > w {
			rows += (n - 1) / w
		}
	}
	l.drawn = nil
	return "\r\x1b[K" + strings.Repeat("\x1b[A\r\x1b[K", rows-1)
}

// The most characters of a bar, and the least that are worth one.
const (
	mostBar  = 25
	leastBar = 5
)

// draw is the status: a bar and how far it is, below it who is waited for, and a line for
// each rollout. Each line fits into the terminal, for one that wraps could not be wiped.
// The last ends where it is.
func (l *Live) draw() string {
	if l.stopped || l.width == nil {
		return ""
	}
	first := l.p.count() + "  " + span(time.Since(l.p.begun)) + prefixed(", ", l.p.toGo())
	lines := []string{l.bar(l.width()-len("  ")-width(first)-1-echo) + first}
	if len(l.p.underWay)+len(l.p.waits) > 0 {
		lines = append(lines, Escape(l.p.inFlight()))
	}
	lines = append(lines, l.p.rollingLines()...)
	for i, text := range lines {
		c := dim
		if i == 0 && l.p.ended[fateFailed]+l.p.ended[fateDoubt] > 0 {
			c = red
		}
		text = l.fit(text)
		lines[i], l.drawn = l.style.paint(c, text), append(l.drawn, width(text))
	}
	return strings.Join(lines, "\n")
}

// bar is how far it is, in so many characters at most; "" where they are too few.
func (l *Live) bar(room int) string {
	n := min(mostBar, room)
	if n < leastBar {
		return ""
	}
	filled := n * min(l.p.ended[fateDone], l.p.total) / max(l.p.total, 1)
	return strings.Repeat("█", filled) + strings.Repeat("░", n-filled) + "  "
}

// echo is how many characters a terminal writes behind the status of itself: ^C.
const echo = 2

// fit cuts a line where the terminal ends, with room for what that writes itself.
func (l *Live) fit(text string) string {
	if w := l.width() - 1 - echo; w > 0 {
		return truncate(text, w)
	}
	return text
}

// Stop shows what is left to tell, takes the status away and draws it no more. It may
// be called twice.
func (l *Live) Stop() {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	l.stopped = true
	l.tell()
	l.mu.Unlock()
	close(l.quit)
	l.wg.Wait()
}
