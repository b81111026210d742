package rollout_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/race"
)

// TestExhaustive walks every interleaving of what can happen to groups of up to four
// servers under all small policies: turns begin as Decide says, end and fail, the run is
// killed and the next one knows what was under way or does not, people stop and start
// servers. Nothing but people ever takes a group above its budget, and wherever
// something may begin something does.
func TestExhaustive(t *testing.T) {
	size := 4
	if race.Enabled {
		size = 3
	}
	policies, states, decisions, full := 0, 0, 0, 0
	for n := 1; n <= size; n++ {
		for _, p := range policiesOf(n) {
			m := model{policy: p}
			if err := m.walk(); err != nil {
				t.Fatalf("%+v: %v", p, err)
			}
			policies++
			states += len(m.seen)
			decisions += m.begins
			full += m.full
		}
	}
	t.Logf("%d policies, %d states, %d of them at the budget; %d turns begun", policies, states, full, decisions)
	if full == 0 || decisions == 0 {
		t.Error("nothing was tested")
	}
}

// policy is a group, or two, and what is to be done to its servers.
type policy struct {
	kinds       []rollout.Kind
	budget      int
	steps       []int
	maxFailures int
	inner       bool // the first two servers are a group of their own, with a budget of one
}

func policiesOf(n int) (list []policy) {
	steps, failures := [][]int{nil, {1, n}, {1, 2, n}}[:min(n, 3)], []int{0, 1}
	if n == 4 { // what is left out has come up in smaller groups
		steps, failures = [][]int{nil, {1, 2, 4}}, []int{1}
	}
	for _, kinds := range kindsOf(n) {
		for budget := 0; budget <= n; budget++ {
			for _, s := range steps {
				for _, maxFailures := range failures {
					for _, inner := range []bool{false, true} {
						list = append(list, policy{kinds, budget, s, maxFailures, inner})
					}
				}
			}
		}
	}
	return list
}

// kindsOf are the turns that n servers may have, in all orders up to three servers, and
// sorted beyond.
func kindsOf(n int) (list [][]rollout.Kind) {
	all := []rollout.Kind{rollout.Restarts, rollout.Leaves, rollout.Surges}
	list = [][]rollout.Kind{nil}
	for range n {
		var longer [][]rollout.Kind
		for _, kinds := range list {
			for _, k := range all {
				if n < 4 || len(kinds) == 0 || kinds[len(kinds)-1] <= k {
					longer = append(longer, append(slices.Clone(kinds), k))
				}
			}
		}
		list = longer
	}
	return list
}

// condition is how a server is, beside what its turn does to it.
type condition byte

const (
	serves condition = iota
	halted           // by people
	left             // drained by a run that was killed
)

type server struct {
	turn rollout.State
	is   condition
}

type state [4]server

// model is one policy with all states that can come about.
type model struct {
	policy
	seen   map[state]bool
	queue  []state
	begins int
	full   int
}

func (m *model) walk() error {
	m.seen = make(map[state]bool)
	m.reach(state{})
	for len(m.queue) > 0 {
		s := m.queue[len(m.queue)-1]
		m.queue = m.queue[:len(m.queue)-1]
		if slices.Contains(m.over(s, 0), true) {
			m.full++
		}
		if err := m.decide(s); err != nil {
			return fmt.Errorf("in %v: %w", s[:len(m.kinds)], err)
		}
		m.happen(s)
	}
	return nil
}

func (m *model) reach(s state) {
	if !m.seen[s] {
		m.seen[s] = true
		m.queue = append(m.queue, s)
	}
}

// decide lets begin what may, and holds it against counts of its own.
func (m *model) decide(s state) error {
	d := rollout.Decide(m.world(s))
	after := s
	for _, i := range d.Begin {
		after[i].turn = rollout.InFlight
		m.begins++
	}
	was, is := m.unavailable(s), m.unavailable(after)
	for g, budget := range m.budgets() {
		if len(d.Begin) > 0 && is[g] > budget && m.touches(g, d.Begin) {
			return fmt.Errorf("%v begin, and of group %d are %d unavailable, after %d", d.Begin, g, is[g], was[g])
		}
	}
	if len(d.Begin) > 0 && m.surging(after) > 1 {
		return fmt.Errorf("%v begin, and %d servers surge", d.Begin, m.surging(after))
	}
	if len(d.Begin) == 0 && m.mayBegin(s) {
		return fmt.Errorf("nothing begins: %+v", d.Held)
	}
	if len(d.Begin) > 0 {
		m.reach(after)
	}
	return nil
}

// happen is all that can happen next beside what begins.
func (m *model) happen(s state) {
	known, unknown := s, s
	for i, kind := range m.kinds {
		x := s[i]
		switch {
		case x.turn == rollout.InFlight:
			m.set(s, i, server{rollout.Done, serves})
			m.set(s, i, server{rollout.Failed, serves})
			m.set(s, i, server{rollout.Failed, halted})
			unknown[i] = server{rollout.Pending, left}
		case x.turn == rollout.Done && kind == rollout.Leaves:
		case x.is == serves:
			m.set(s, i, server{x.turn, halted})
		default:
			m.set(s, i, server{x.turn, serves})
		}
	}
	m.reach(known) // killed, and the next run awaits what was under way
	m.reach(unknown)
}

func (m *model) set(s state, i int, x server) {
	s[i] = x
	m.reach(s)
}

// world is a state as Decide gets it.
func (m *model) world(s state) rollout.World {
	w := rollout.World{Now: now, Members: make(map[string]rollout.Member)}
	w.Groups = []rollout.Group{{Policy: &fleet.Rollout{Name: "g", MaxFailures: m.maxFailures}, MaxUnavailable: m.budget, MaxSurge: 1, Steps: m.steps}}
	if m.inner {
		w.Groups = append(w.Groups, rollout.Group{Policy: &fleet.Rollout{Name: "inner", MaxFailures: m.maxFailures}, MaxUnavailable: 1, MaxSurge: 1})
	}
	for i, kind := range m.kinds {
		name := string(rune('a' + i))
		w.Members[name] = rollout.Member{Active: s[i].is != halted, Drained: s[i].is == left, Health: rollout.Ready}
		turn := &rollout.Turn{Name: name, Kind: kind, State: s[i].turn}
		for g := range w.Groups {
			if g == 1 && i > 1 {
				continue
			}
			turn.In = append(turn.In, rollout.Place{Group: g})
			if kind != rollout.Leaves {
				w.Groups[g].Members = append(w.Groups[g].Members, name)
			}
		}
		w.Turns = append(w.Turns, turn)
	}
	return w
}

func (m *model) budgets() []int { return []int{m.budget, 1}[:1+b2i(m.inner)] }

// unavailable counts for each group who is away, or is being disrupted.
func (m *model) unavailable(s state) []int {
	counts := make([]int, len(m.budgets()))
	for i, kind := range m.kinds {
		moving := s[i].turn == rollout.InFlight && kind != rollout.Surges
		if !moving && (kind == rollout.Leaves || s[i].is == serves) {
			continue
		}
		for g := range counts {
			if g == 0 || i < 2 {
				counts[g]++
			}
		}
	}
	return counts
}

// surging is how many new servers are there beside old ones.
func (m *model) surging(s state) (n int) {
	for i, kind := range m.kinds {
		if kind == rollout.Surges && s[i].turn == rollout.InFlight {
			n++
		}
	}
	return n
}

// over says of each group whether so many more would be above its budget.
func (m *model) over(s state, more int) (over []bool) {
	for g, n := range m.unavailable(s) {
		over = append(over, n+more >= m.budgets()[g])
	}
	return over
}

func (m *model) touches(g int, turns []int) bool {
	return g == 0 || slices.ContainsFunc(turns, func(i int) bool { return i < 2 })
}

// mayBegin reports whether something has to begin, whichever is chosen: nothing is under
// way, nothing has failed, and each group has room.
func (m *model) mayBegin(s state) bool {
	pending := false
	for _, x := range s[:len(m.kinds)] {
		if x.turn == rollout.InFlight || x.turn == rollout.Failed {
			return false
		}
		pending = pending || x.turn == rollout.Pending
	}
	return pending && !slices.Contains(m.over(s, 0), true)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
