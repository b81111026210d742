package simulator

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// hang is how long nothing may happen in a process before it counts as hung.
const hang = 6 * time.Hour

// turn holds a request back until the scheduler lets it go, and says what goes
// wrong with it. A client that gives up first has not sent it.
func (s *simulation) turn(ctx context.Context, c *call) (strike, error) {
	if c.process.dead.Load() {
		return strike{}, errDead
	}
	s.mu.Lock()
	c.window = s.step
	s.waiting = append(s.waiting, c)
	s.mu.Unlock()
	s.wake()
	select {
	case hit := <-c.release:
		return hit, nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waiting = slices.DeleteFunc(s.waiting, func(w *call) bool { return w == c })
		return strike{}, context.Cause(ctx)
	}
}

// wake has the scheduler look what there is to do.
func (s *simulation) wake() {
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

// drive runs processes to their end, and holds what each did against what it may do:
// whenever all goroutines are blocked, one request goes, and where none waits, time
// passes.
func (s *simulation) drive(list []*process) {
	for _, p := range list {
		ctx, cancel := context.WithCancel(context.Background())
		p.cancel = cancel
		defer cancel()
		go p.main(ctx)
	}
	idle := time.NewTimer(hang)
	defer idle.Stop()
	for {
		synctest.Wait()
		s.tellAnswers()
		var live []*process
		for _, p := range list {
			if !p.ended() {
				live = append(live, p)
				s.checkBounds(p)
				continue
			}
			s.tellEnd(p)
			s.checkRun(p)
		}
		if list = live; len(list) == 0 {
			return
		}
		if next := s.next(); next != nil && next[0].queues {
			s.step++
			next[0].release <- strike{}
			continue
		} else if next != nil {
			s.step++
			s.lookAround()
			s.meddle()
			s.release(next[0].process, next)
			continue
		}
		idle.Reset(hang)
		select {
		case <-s.arrived:
		case <-idle.C:
			s.violate("I12", "nothing has happened for %s", hang)
			for _, p := range list {
				p.die("for it hangs")
			}
		}
	}
}

// next takes the request whose turn it is out of those that wait, in an order that
// only the seed decides. Requests that nothing tells apart, not even when they
// arrived, go together, and the same happens to them.
func (s *simulation) next() []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return nil
	}
	slices.SortStableFunc(s.waiting, func(a, b *call) int {
		return cmp.Or(cmp.Compare(a.process.number, b.process.number), cmp.Compare(a.identity, b.identity), cmp.Compare(a.window, b.window))
	})
	first := s.waiting[s.dice.of("turn").at(s.step).below(len(s.waiting))]
	var chosen []*call
	s.waiting = slices.DeleteFunc(s.waiting, func(c *call) bool {
		same := c == first || !first.queues && !c.queues && c.process == first.process && c.identity == first.identity && c.window == first.window
		if same {
			chosen = append(chosen, c)
		}
		return same
	})
	if !first.queues {
		for _, c := range chosen {
			c.nth = c.process.sent[c.identity]
		}
		first.process.sent[first.identity]++
	}
	return chosen
}

// release lets requests go, each with what is to go wrong with it.
func (s *simulation) release(p *process, calls []*call) {
	p.calls++
	c := calls[0]
	hit := s.decide(c)
	if p.crash.atCall == p.calls {
		s.crash(p, c)
		return
	}
	if p.crash.drainAt == p.calls {
		s.fire(interrupted)
		s.tell("SIGINT: run %d is to start nothing new", p.number)
		close(p.drain)
		synctest.Wait()
	}
	if p.crash.killAt == p.calls {
		s.fire(killed)
		s.tell("SIGINT again: run %d is to leave at once", p.number)
		p.cutOff()
		synctest.Wait()
		return
	}
	for _, c := range calls {
		s.checkSend(c)
		s.note(c, hit)
		c.release <- hit
	}
}

// note counts and tells what is about to happen to a request.
func (s *simulation) note(c *call, hit strike) {
	s.tellSent(c, hit)
	if a := hit.effect.Answer; a != nil && a.Status == http.StatusTooManyRequests {
		c.process.paced = true
	}
	if hit.effect.Stage != emulator.Unsent {
		c.process.sends = append(c.process.sends, c)
	}
	if hit.kind == "" {
		return
	}
	s.fire(hit.kind)
	unclear := changes.includes(c) && (hit.effect.Drop || hit.effect.Delay > 30*time.Second || hit.effect.Answer != nil && hit.effect.Answer.Status >= 500)
	if unclear && c.verb == "reboot" {
		s.fire(unclearReboot)
	}
	if unclear && deletes.includes(c) {
		s.fire(unclearDelete)
	}
	if due := time.Now().Add(hit.effect.Delay); hit.effect.Stage == emulator.Uncommitted && hit.effect.Delay > 30*time.Second {
		s.postpone(c, due)
	}
}

// postpone remembers that a change may land when its sender has given it up.
func (s *simulation) postpone(c *call, due time.Time) {
	if strings.Contains(c.body, `"name"`) {
		s.renaming[c.id] = true
	}
	if c.id != "" && due.After(s.landing[c.id]) {
		s.landing[c.id] = due
	}
	if due.After(s.landed) {
		s.landed = due
	}
}
