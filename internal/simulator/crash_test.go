package simulator

import (
	"net/http"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// death is what has become of a request when its process dies on it.
type death string

const (
	unsent     death = "with its request unsent"
	lost       death = "with its request lost on the way"
	late       death = "with its request on the way, which arrives later"
	replyLost  death = "with its request carried out and the answer on the way"
	unrecorded death = "with the answer arrived and nothing written down"
)

var deaths = []death{unsent, lost, late, replyLost, unrecorded}

// end is how a process is ended from outside. Numbers count from 1; 0 is never.
type end struct {
	atCall  int // of the process's requests
	death   death
	atWrite int // of its writes to the disk
	drainAt int // the request before which it is interrupted
	killAt  int // the request at which it is interrupted once more
}

// drawEnd ends some processes early.
func drawEnd(d dice) (e end) {
	switch n := d.below(100); {
	case n < 25 && crashed.wanted():
		e.atCall, e.death = 1+d.of("call").below(30), pick(d.of("death"), deaths...)
	case n < 30 && crashed.wanted():
		e.atWrite = 1 + d.of("write").below(9)
	case n >= 30 && n < 42 && interrupted.wanted():
		e.drainAt = 1 + d.of("drain").below(25)
		if d.of("again").percent(50) {
			e.killAt = e.drainAt + 1 + d.of("kill").below(4)
		}
	}
	return e
}

// crash lets a process die while one of its requests is where its death says.
func (s *simulation) crash(p *process, c *call) {
	var fate strike
	switch p.crash.death {
	case unsent:
		p.die("%s: %s %s", unsent, c.method, c.path)
		synctest.Wait()
		return
	case lost:
		fate.effect = emulator.Fault{Drop: true, Delay: time.Hour}
	case late:
		fate.effect = emulator.Fault{Delay: s.dice.of("late").at(s.step).between(0, maxLate)}
		if c.method != http.MethodGet {
			s.postpone(c, time.Now().Add(fate.effect.Delay))
		}
	case replyLost:
		fate.effect = emulator.Fault{Stage: emulator.Committed, Delay: time.Hour}
	case unrecorded:
		p.frozen.Store(true)
	}
	s.checkSend(c)
	s.tellSent(c, fate)
	p.sends = append(p.sends, c)
	c.release <- fate
	synctest.Wait()
	p.die("%s: %s %s", p.crash.death, c.method, c.path)
	synctest.Wait()
}
