package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// detailProgress shows on a terminal how many servers have been read one by one.
type detailProgress struct {
	w     io.Writer
	count *requests
	live  bool
	stop  chan struct{}
	done  sync.WaitGroup
}

func (c *command) detailProgress() *detailProgress {
	return &detailProgress{w: c.Stderr, count: &c.requests, live: c.isLive(c.Stderr)}
}

// begin says that so many servers are read. Where nobody watches it says so once.
func (p *detailProgress) begin(total int) {
	switch {
	case total == 0 || p.stop != nil:
	case !p.live:
		fmt.Fprintf(p.w, "Reading backups_enabled of %s.\n", servers(total))
	default:
		p.stop = make(chan struct{})
		p.done.Go(func() { p.show(total) })
	}
}

func (p *detailProgress) show(total int) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprintf(p.w, "\rReading backups_enabled: %d of %d", min(p.count.of(vpsorg.KindDetail), total), total)
		select {
		case <-p.stop:
			fmt.Fprint(p.w, "\r\x1b[K")
			return
		case <-tick.C:
		}
	}
}

// end takes the progress from the screen.
func (p *detailProgress) end() {
	if p.stop != nil {
		close(p.stop)
		p.done.Wait()
	}
}
