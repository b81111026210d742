package state

import (
	"context"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// A create's intent has to be in the store before it is sent, and the store is written
// about once a second. So the creates to come are announced ahead: each write has the
// intents of those that will be sent before the next one is durable. A run that is
// killed leaves these in doubt, and no others.
const (
	aheadLeast = 50                     // creates are announced at least
	aheadFor   = 4 * time.Second        // of creates, as they came since the last write
	aheadPast  = 100 * time.Millisecond // less time says nothing of how they come

	// earlyWrites are those that need not wait for a second to pass: until it is known
	// how fast the API takes creates, too few are announced.
	earlyWrites = 2
)

// ahead are the creates to come. The leasedState's lock guards it.
type ahead struct {
	coming    []apply.Intent          // that are not announced yet, in order
	announced map[string]announcement // by name
	since     time.Time               // when the last were announced
	begun     int                     // creates begun since then
}

// many is how many creates are to be announced by now. It starts to count the begun anew.
func (a *ahead) many() int {
	now := time.Now()
	passed := max(now.Sub(a.since), aheadPast)
	n := int(int64(a.begun) * int64(aheadFor) / int64(passed))
	a.begun, a.since = 0, now
	return max(aheadLeast, n)
}

// announcement is an intent that is in the document although nobody has begun it yet.
type announcement struct {
	intent apply.Intent
	number int // of the change that put it there
}

// Announce notes which creates will be begun, and writes the first of them.
func (l *leasedState) Announce(ctx context.Context, creates []apply.Intent) error {
	n := l.note(func() { l.ahead.coming = creates })
	return l.alone(ctx, func() error {
		if l.isDurable(n) {
			return nil
		}
		return l.save(ctx)
	})
}

// announce puts into the document what is to be announced with the next write. The
// lock is held.
func (l *leasedState) announce() {
	a := &l.ahead
	want := a.many()
	for len(a.coming) > 0 && len(a.announced) < want {
		i := a.coming[0]
		a.coming = a.coming[1:]
		i.At = shifted(time.Now().Round(0), l.skew)
		if a.announced == nil {
			a.announced = make(map[string]announcement)
		}
		l.noted++
		a.announced[i.Name] = announcement{i, l.noted}
		l.own.open[key(i)] = i
	}
}

// begin puts an intent in the place of its announcement, and reports the number of
// the change after which it may be sent. The lock is held.
func (l *leasedState) begin(i apply.Intent) (number int) {
	l.noted++
	number = l.noted
	if a, ok := l.ahead.announced[i.Name]; ok {
		l.drop(a.intent)
		if a.intent.At, a.intent.Until = i.At, i.Until; a.intent == i {
			number = a.number
		}
		l.ahead.begun++
	}
	l.own.open[key(i)], l.all.open[key(i)] = i, i
	return number
}

// drop takes an announcement back. The lock is held.
func (l *leasedState) drop(i apply.Intent) {
	delete(l.own.open, key(i))
	delete(l.ahead.announced, i.Name)
}

// withdraw takes back what was announced and never begun: it is certain that nothing
// was sent for it. The lock is held.
func (l *leasedState) withdraw() {
	l.ahead.coming = nil
	for _, a := range l.ahead.announced {
		l.noted++
		l.drop(a.intent)
	}
}
