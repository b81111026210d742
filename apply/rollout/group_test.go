package rollout_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// planned is the group web of a plan, in steps of one and all, of which some servers are
// to be rebooted: of a-d, those in upper case.
func planned(servers string) *planner.Plan {
	g := planner.Group{Policy: fleet.Rollout{Name: "web", MaxUnavailable: fleet.Limit{N: 1}, Steps: []fleet.Limit{{N: 1}, {N: 100, Percent: true}}}}
	p := &planner.Plan{}
	for _, r := range servers {
		m := planner.Member{Name: strings.ToLower(string(r)), ID: string(r), Status: planner.StatusActive}
		if m.Changes = m.Name != string(r); m.Changes {
			p.Changes = append(p.Changes, &planner.Power{Subject: planner.Subject{Name: m.Name, ID: m.ID}, Verb: planner.ActionReboot})
		}
		g.Servers = append(g.Servers, m)
	}
	p.Rollouts = []planner.Group{g}
	return p
}

// rolling is the world of a plan's reboots. Those in underWay go on from an earlier run.
func rolling(p *planner.Plan, underWay ...string) rollout.World {
	w := rollout.World{Now: now, Members: make(map[string]rollout.Member), Groups: []rollout.Group{rollout.NewGroup(p.Rollouts[0], now)}}
	rules := p.Rules()
	for _, m := range p.Rollouts[0].Servers {
		w.Members[m.Name] = rollout.Member{Active: true, Health: rollout.Ready}
	}
	for _, c := range p.Changes {
		w.Turns = append(w.Turns, rollout.NewTurn(p, c.About().Name, rules[c.About().Name], []planner.Change{c}))
	}
	for _, name := range underWay {
		w.Turns = append(w.Turns, rollout.NewTurn(p, name, rules[name], nil))
	}
	return w
}

// leftOf is a mark of web with the reboots of some servers, of which some had begun.
func leftOf(turns, begun string) []rollout.Mark {
	m := rollout.GroupMark{Name: "web", Progress: rollout.Progress{StepsOver: 1, OverAt: now}}
	for _, r := range turns {
		m.Turns = append(m.Turns, fmt.Sprintf("%c reboot", r))
	}
	for _, r := range begun {
		m.Begun = append(m.Begun, fmt.Sprintf("%c reboot", r))
	}
	return []rollout.Mark{{Group: &m}}
}

func TestRecall(t *testing.T) {
	for _, c := range []struct {
		name      string
		servers   string
		underWay  []string
		marks     []rollout.Mark
		wanted    string
		disrupted int
		steps     []int
		over      int
	}{
		{"nothing is left", "ABC", nil, nil, "abc", 0, []int{1, 3}, 0},
		{"one is done", "aBC", nil, leftOf("abc", "a"), "abc", 1, []int{1, 3}, 1},
		{"one was begun in vain", "ABC", nil, leftOf("abc", "a"), "abc", 0, []int{1, 3}, 1},
		{"one is wanted no more", "abC", nil, leftOf("abc", "a"), "ac", 1, []int{1, 2}, 1},
		{"one comes to it", "aBCD", nil, leftOf("abc", "a"), "abcd", 1, []int{1, 4}, 1},
		{"one is under way", "abC", []string{"b"}, leftOf("abc", "ab"), "abc", 1, []int{1, 3}, 1},
		{"only one under way is left", "abc", []string{"c"}, leftOf("abc", "abc"), "abc", 2, []int{1, 3}, 1},
		{"another rollout", "abcD", nil, leftOf("abc", "ab"), "d", 0, []int{1}, 0},
	} {
		w := rolling(planned(c.servers), c.underWay...)
		w.Recall(c.marks, false)
		g := w.Groups[0]
		wanted := strings.ReplaceAll(strings.Join(g.Wanted, ""), " reboot", "")
		if wanted != c.wanted || g.Disrupted != c.disrupted || !cmp.Equal(g.Steps, c.steps) || g.StepsOver != c.over {
			t.Errorf("%s: got %q, %d disrupted, steps %v, %d over", c.name, wanted, g.Disrupted, g.Steps, g.StepsOver)
		}
	}
}

// Only a person lets a rollout go on after a manual pause.
func TestRelease(t *testing.T) {
	for _, goes := range []bool{false, true} {
		p := planned("aBC")
		p.Rollouts[0].Policy.Pause.Manual = true
		w := rolling(p)
		w.Recall(leftOf("abc", "a"), goes)
		if d := rollout.Decide(w); goes != (len(d.Begin) == 1) {
			t.Errorf("let go on: %t, and %v begin", goes, d.Begin)
		}
	}
}

// What a run leaves is what the next one goes on with, until nothing is left.
func TestMarks(t *testing.T) {
	w := rolling(planned("ABC"))
	w.Recall(nil, false)
	m := w.Mark(0)
	if want := (rollout.GroupMark{Name: "web", Turns: []string{"a reboot", "b reboot", "c reboot"}}); !cmp.Equal(m, want) {
		t.Errorf("at first %+v", m)
	}
	w.Begin(w.Turns[0], now)
	w.Turns[0].End(false)
	w.Take(rollout.Decide(w))
	next := rolling(planned("aBC"))
	m = w.Mark(0)
	next.Recall([]rollout.Mark{{Group: &m}}, false)
	if g := next.Groups[0]; g.StepsOver != 1 || !g.OverAt.Equal(now) || g.Disrupted != 1 || next.Mark(0).Disrupted != 0 {
		t.Errorf("the next run goes on with %+v", g)
	}
	for _, turn := range next.Turns {
		next.Begin(turn, now)
		turn.End(false)
	}
	if m := next.Mark(0); len(m.Turns)+len(m.Begun) != 0 {
		t.Errorf("at the end %+v", m)
	}
}

// A group says of what does not begin what stops it, or else the first reason.
func TestDrop(t *testing.T) {
	hold := func(code planner.Code, awaits rollout.Awaited) rollout.Hold {
		return rollout.Hold{Reason: planner.Reason{Code: code}, Awaits: awaits}
	}
	paused, window := hold(planner.CodePaused, rollout.AwaitsTime), hold(planner.CodeWindow, rollout.AwaitsTime)
	unready := hold(planner.CodeUnready, rollout.AwaitsNothing)
	for _, c := range []struct {
		holds []rollout.Hold
		state rollout.GroupState
		why   planner.Code
	}{
		{[]rollout.Hold{paused, window}, rollout.GroupPaused, planner.CodePaused},
		{[]rollout.Hold{window, paused}, rollout.GroupWaiting, planner.CodeWindow},
		{[]rollout.Hold{window, unready}, rollout.GroupStopped, planner.CodeUnready},
		{[]rollout.Hold{unready, hold(planner.CodeHalted, rollout.AwaitsNothing)}, rollout.GroupStopped, planner.CodeUnready},
	} {
		w := rolling(planned("AB"))
		w.Recall(nil, false)
		for i, h := range c.holds {
			w.Drop(w.Turns[i], h)
		}
		if r := w.Results(rollout.Decide(w))[0]; r.State != c.state || r.Why.Code != c.why || r.Changed != 2 || r.Done != 0 {
			t.Errorf("%+v: got %+v", c.holds, r)
		}
	}
}

// No group follows one of which a turn came to nothing.
func TestAfterOneThatWasDropped(t *testing.T) {
	w := group(1, "a", "b")
	afterDB(&w)
	w.Turns[1].End(true)
	if d := rollout.Decide(w); d.Held[0].Code != planner.CodeAfter || d.Held[0].Awaits != rollout.AwaitsNothing {
		t.Errorf("a is held by %+v", d.Held[0])
	}
}

func TestResults(t *testing.T) {
	w := rolling(planned("ABCDe"))
	w.Recall(nil, false)
	w.Groups[0].Policy.MaxFailures = 1
	set(&w, rollout.Done, "a")
	set(&w, rollout.Failed, "b")
	set(&w, rollout.InFlight, "c")
	w.Turns[2].Readying = true
	want := rollout.GroupResult{Name: "web", State: rollout.GroupRunning, Size: 5, Changed: 4, Done: 1, Failed: 1, Readying: 1, Budget: 1, Away: 1, Steps: 2,
		Why: planner.Reason{Code: planner.CodeOverBudget, Name: "web", Count: 1}}
	if diff := cmp.Diff(want, w.Results(rollout.Decide(w))[0]); diff != "" {
		t.Errorf("under way (-want +got):\n%s", diff)
	}
	w.Turns[2].End(true)
	w.Turns[3].End(true)
	if r := w.Results(rollout.Decide(w))[0]; r.State != rollout.GroupStopped || r.Failed != 2 || r.Readying != 0 {
		t.Errorf("at the end %+v", r)
	}
}

// Time counts as without progress only where a group waits for more than a time.
func TestTake(t *testing.T) {
	for _, c := range []struct {
		is       rollout.Member
		pause    time.Duration
		progress bool
	}{
		{stopped, 0, false},
		{rollout.Member{Active: true, Health: rollout.Ready}, time.Hour, true},
	} {
		w := group(1, "a", "b")
		w.Groups[0].Progressed = now.Add(-time.Minute)
		if c.pause > 0 {
			w.Groups[0].Steps, w.Groups[0].Policy.Pause.For.Duration = []int{1, 2}, c.pause
			w.Groups[0].Progress = rollout.Progress{Disrupted: 1, StepsOver: 1, OverAt: now.Add(-time.Second)}
		}
		down(&w, c.is, "b")
		w.Turns = w.Turns[:1]
		w.Take(rollout.Decide(w))
		if got := w.Groups[0].Progressed.Equal(now); got != c.progress {
			t.Errorf("%+v: it progresses: %t", c, got)
		}
	}
}

func TestMemberByItsMark(t *testing.T) {
	serves := rollout.Member{Active: true, Health: rollout.Ready}
	for _, c := range []struct {
		name   string
		mark   rollout.ServerMark
		id     string
		active bool
		health rollout.Health
		want   rollout.Member
	}{
		{"serves", rollout.ServerMark{}, "1", true, rollout.Ready, serves},
		{"is not there", rollout.ServerMark{}, "", false, rollout.Unready, rollout.Member{New: true, Health: rollout.Unready}},
		{"was deleted to be replaced", rollout.ServerMark{Disrupted: now}, "", false, rollout.Unready, rollout.Member{Health: rollout.Unready}},
		{"disrupted, and answers", rollout.ServerMark{ID: "1", Disrupted: now}, "1", true, rollout.Ready, rollout.Member{Active: true, Health: rollout.Unready}},
		{"drained", rollout.ServerMark{ID: "1", Drained: now}, "1", true, rollout.Ready, rollout.Member{Active: true, Health: rollout.Ready, Drained: true}},
		{"the old one is drained", rollout.ServerMark{ID: "1", Drained: now}, "2", true, rollout.Ready, serves},
		{"made, not asked yet", rollout.ServerMark{New: true}, "1", true, rollout.Unchecked, rollout.Member{Active: true}},
		{"made, ready by now", rollout.ServerMark{New: true}, "1", true, rollout.Ready, serves},
		{"made, never ready", rollout.ServerMark{New: true}, "1", true, rollout.Unready, rollout.Member{New: true, Active: true, Health: rollout.Unready}},
	} {
		if got := c.mark.Member(c.id, c.active, c.health); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}
