package apply

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// begin hands out the lanes that wait for no other.
func (r *run) begin() {
	if len(r.lanes) == 0 {
		close(r.finished)
		return
	}
	var ready []*lane
	for _, l := range r.lanes {
		if l.waiting == 0 {
			ready = append(ready, l)
		}
	}
	slices.SortStableFunc(ready, func(a, b *lane) int { return cmp.Compare(b.length(), a.length()) })
	r.hold(1) // until all are handed out
	for _, l := range ready {
		r.hand(r.fresh, l)
	}
	r.hold(-1)
	r.watcher.rouse()
}

// length is how long a lane may take, to begin with the longest. One that begins
// with a delete comes last, when creates have shown whether there is credit.
func (l *lane) length() (d time.Duration) {
	for i, t := range l.tasks {
		for j, s := range t.steps {
			switch s := s.(type) {
			case awaitStep:
				d += s.usual()
			case deleteStep:
				if i == 0 && j == 0 {
					return 0
				}
			}
			d += time.Second
		}
	}
	return d
}

// hand gives a lane to the workers. Each channel holds all lanes, so that never
// blocks.
func (r *run) hand(to chan<- *lane, l *lane) {
	r.hold(1)
	to <- l
}

// hold counts what the workers have, or are about to have, to do.
func (r *run) hold(lanes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.working += lanes
}

// handed notes that a worker has no more to do to a lane for now.
func (r *run) handed() {
	r.mu.Lock()
	r.working--
	r.handled++
	last := r.working == 0
	r.mu.Unlock()
	if last {
		r.watcher.rouse()
	}
}

// work carries lanes on until none is left.
func (r *run) work(ctx context.Context) {
	for {
		select {
		case l := <-r.resumed:
			r.advance(ctx, l)
			continue
		default:
		}
		select {
		case l := <-r.resumed:
			r.advance(ctx, l)
		case l := <-r.fresh:
			r.advance(ctx, l)
		case <-r.finished:
			return
		}
	}
}

// sending is how long the workers will still be busy, by how it has gone so far.
func (r *run) sending() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.watcher.began) * time.Duration(r.working) / time.Duration(max(r.handled, 1))
}
