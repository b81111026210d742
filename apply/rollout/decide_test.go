package rollout_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// group is a world with one group, web, whose members serve. Each is to be rebooted.
func group(budget int, names ...string) rollout.World {
	w := rollout.World{Now: now, Members: make(map[string]rollout.Member)}
	policy := &fleet.Rollout{Name: "web", ProgressDeadline: fleet.Duration{Duration: 10 * time.Minute}}
	w.Groups = []rollout.Group{{Policy: policy, Members: names, MaxUnavailable: budget, MaxSurge: 1, Progressed: now}}
	for _, name := range names {
		w.Members[name] = rollout.Member{Active: true, Health: rollout.Ready}
		w.Turns = append(w.Turns, &rollout.Turn{Name: name, In: []rollout.Place{{}}})
	}
	return w
}

func (t turns) in(s rollout.State, names ...string) {
	t.each(names, func(x *rollout.Turn) { x.State = s })
}

type turns struct{ *rollout.World }

// each does something to the turns of some servers, or of all.
func (t turns) each(names []string, do func(*rollout.Turn)) {
	for i := range t.Turns {
		if len(names) == 0 || slices.Contains(names, t.Turns[i].Name) {
			do(t.Turns[i])
		}
	}
}

func with(w rollout.World, change func(*rollout.World)) rollout.World {
	change(&w)
	return w
}

// down makes members what they are not while they serve.
func down(w *rollout.World, m rollout.Member, names ...string) {
	for _, name := range names {
		w.Members[name] = m
	}
}

func set(w *rollout.World, s rollout.State, names ...string) { turns{w}.in(s, names...) }

var (
	stopped = rollout.Member{Health: rollout.Ready}
	unready = rollout.Member{Active: true, Health: rollout.Unready}
	drained = rollout.Member{Active: true, Health: rollout.Ready, Drained: true}
	unknown = rollout.Member{Active: true}
	never   = rollout.Member{New: true}

	gate = make([]fleet.Probe, 1)
)

// decisions are worlds, who begins in them, and why each of the others does not.
var decisions = []struct {
	name  string
	world rollout.World
	begin string
	held  map[string]planner.Code
}{
	{"as many as the budget", group(2, "a", "b", "c"), "a b", map[string]planner.Code{"c": planner.CodeOverBudget}},
	{"natural order", group(1, "web-10", "web-9"), "web-9", map[string]planner.Code{"web-10": planner.CodeOverBudget}},
	{"who is under way counts", with(group(2, "a", "b", "c"), func(w *rollout.World) { set(w, rollout.InFlight, "a") }),
		"b", map[string]planner.Code{"c": planner.CodeOverBudget}},
	{"no longer who is done", with(group(1, "a", "b"), func(w *rollout.World) { set(w, rollout.Done, "a") }), "b", nil},
	{"stopped by people, untouched by the plan", with(group(1, "a", "b"), func(w *rollout.World) { down(w, stopped, "b"); w.Turns = w.Turns[:1] }),
		"", map[string]planner.Code{"a": planner.CodeOverBudget}},
	{"drained", with(group(1, "a", "b"), func(w *rollout.World) { down(w, drained, "b"); w.Turns = w.Turns[:1] }),
		"", map[string]planner.Code{"a": planner.CodeOverBudget}},
	{"who is away goes first", with(group(1, "a", "b"), func(w *rollout.World) { down(w, unready, "b") }),
		"b", map[string]planner.Code{"a": planner.CodeOverBudget}},
	{"above the budget nothing begins", with(group(1, "a", "b", "c"), func(w *rollout.World) { down(w, unready, "b"); down(w, stopped, "c") }),
		"", map[string]planner.Code{"a": planner.CodeOverBudget, "b": planner.CodeOverBudget, "c": planner.CodeOverBudget}},
	{"the failure of a turn counts as long as its server is away", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Policy.MaxFailures = 1
		set(w, rollout.Failed, "a")
		down(w, unready, "a")
	}), "", map[string]planner.Code{"b": planner.CodeOverBudget}},
	{"nobody knows yet", with(group(1, "a", "b"), func(w *rollout.World) { down(w, unknown, "b") }),
		"", map[string]planner.Code{"a": planner.CodeUnchecked, "b": planner.CodeUnchecked}},
	{"never ready counts neither way", with(group(1, "a", "b", "c"), func(w *rollout.World) { down(w, never, "b", "c"); w.Turns = w.Turns[:1] }), "a", nil},
	{"no server is ready from here", with(group(1, "a", "b"), func(w *rollout.World) { down(w, unready, "a", "b") }),
		"", map[string]planner.Code{"a": planner.CodeUnreachable, "b": planner.CodeUnreachable}},
	{"no budget", group(0, "a"), "", map[string]planner.Code{"a": planner.CodeNoBudget}},

	{"leaving counts while it goes", with(group(1, "a", "b", "c"), func(w *rollout.World) {
		w.Groups[0].Members = []string{"b", "c"}
		w.Turns[0].Kind, w.Turns[0].State = rollout.Leaves, rollout.InFlight
	}), "", map[string]planner.Code{"b": planner.CodeOverBudget, "c": planner.CodeOverBudget}},
	{"left counts no more", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Members = []string{"b"}
		w.Turns[0].Kind, w.Turns[0].State = rollout.Leaves, rollout.Done
		down(w, stopped, "a")
	}), "b", nil},
	{"stopped before it leaves", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Members = []string{"b"}
		w.Turns[0].Kind = rollout.Leaves
		down(w, stopped, "a")
	}), "a", map[string]planner.Code{"b": planner.CodeOverBudget}},
	{"create-first costs no budget, but surge", with(group(0, "a", "b"), func(w *rollout.World) { turns{w}.each(nil, surge) }),
		"a", map[string]planner.Code{"b": planner.CodeSurge}},
	{"a new server that is there already needs no room", with(group(0, "a", "b"), func(w *rollout.World) {
		turns{w}.each(nil, surge)
		w.Turns[1].Surging = true
	}), "b", map[string]planner.Code{"a": planner.CodeSurge}},
	{"the new server of a failed replacement is kept", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Policy.MaxFailures = 1
		turns{w}.each(nil, surge)
		w.Turns[0].Surging, w.Turns[0].State = true, rollout.Failed
	}), "", map[string]planner.Code{"b": planner.CodeSurge}},
	{"the last good copy", with(group(1, "a"), func(w *rollout.World) { w.Turns[0].Destroys = true; down(w, unready, "a") }),
		"", map[string]planner.Code{"a": planner.CodeUnready}},
	{"not the last, says somebody", with(group(1, "a"), func(w *rollout.World) {
		w.Turns[0].Destroys, w.Turns[0].AllowUnready = true, true
		down(w, unready, "a")
	}), "a", nil},

	{"all groups of a server", with(group(2, "a", "b"), func(w *rollout.World) {
		w.Groups = append(w.Groups, rollout.Group{Policy: &fleet.Rollout{Name: "all"}, Members: []string{"a", "b"}, MaxUnavailable: 1})
		turns{w}.each(nil, func(t *rollout.Turn) { t.In = append(t.In, rollout.Place{Group: 1}) })
	}), "a", map[string]planner.Code{"b": planner.CodeOverBudget}},
	{"one domain at a time", with(group(3, "a", "b", "c"), func(w *rollout.World) {
		for i, domain := range []string{"fra", "nyc", "fra"} {
			w.Turns[i].In[0].Domain = domain
		}
	}), "a c", map[string]planner.Code{"b": planner.CodeDomain}},
	{"after", with(group(1, "a", "b"), afterDB), "b", map[string]planner.Code{"a": planner.CodeAfter}},
	{"after one that has failed", with(group(1, "a", "b"), func(w *rollout.World) { afterDB(w); set(w, rollout.Failed, "b") }),
		"", map[string]planner.Code{"a": planner.CodeAfter}},

	{"the canary first, though others are away", with(group(3, "a", "b", "c"), func(w *rollout.World) {
		w.Groups[0].Steps = []int{1, 3}
		down(w, unready, "a")
	}), "b", map[string]planner.Code{"a": planner.CodeStep, "c": planner.CodeStep}},
	{"a canary that is away, where none else may", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Steps = []int{1, 2}
		down(w, unready, "b")
	}), "b", map[string]planner.Code{"a": planner.CodeOverBudget}},
	{"a canary is done", with(group(2, "a", "b", "c", "d"), func(w *rollout.World) {
		w.Groups[0].Steps = []int{1, 2, 4}
		set(w, rollout.Done, "a")
	}), "b", map[string]planner.Code{"c": planner.CodeStep, "d": planner.CodeStep}},
	{"steps of earlier runs", with(group(2, "b", "c", "d"), func(w *rollout.World) {
		w.Groups[0].Steps, w.Groups[0].Disrupted = []int{1, 2, 4}, 1
	}), "b", map[string]planner.Code{"c": planner.CodeStep, "d": planner.CodeStep}},
	{"a failed canary, whatever may fail", with(group(2, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Steps, w.Groups[0].Policy.MaxFailures = []int{1, 2}, 2
		set(w, rollout.Failed, "a")
	}), "", map[string]planner.Code{"b": planner.CodeHalted}},
	{"too many failures", with(group(3, "a", "b"), func(w *rollout.World) { set(w, rollout.Failed, "a") }),
		"", map[string]planner.Code{"b": planner.CodeHalted}},
	{"paused", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Steps, w.Groups[0].Policy.Pause = []int{1, 2}, fleet.Pause{Manual: true}
		set(w, rollout.Done, "a")
	}), "", map[string]planner.Code{"b": planner.CodePaused}},
	{"let go on", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Steps, w.Groups[0].Policy.Pause = []int{1, 2}, fleet.Pause{Manual: true}
		w.Groups[0].Progress = rollout.Progress{Disrupted: 1, StepsOver: 1, Released: 1}
		w.Turns = w.Turns[1:]
	}), "b", nil},
	{"no progress", with(group(1, "a", "b"), func(w *rollout.World) {
		w.Groups[0].Progressed = now.Add(-10 * time.Minute)
		down(w, stopped, "b")
		w.Turns = w.Turns[:1]
	}), "", map[string]planner.Code{"a": planner.CodeStalled}},
	{"a gate that nobody has asked", with(group(2, "a", "b"), func(w *rollout.World) { w.Groups[0].Policy.Gate = gate }),
		"", map[string]planner.Code{"a": planner.CodeGate, "b": planner.CodeGate}},
	{"a gate lets one go", with(group(2, "a", "b"), func(w *rollout.World) { w.Groups[0].Policy.Gate, w.Groups[0].Gate = gate, now }),
		"a", map[string]planner.Code{"b": planner.CodeGate}},
	{"a gate that does not hold for long enough", with(group(2, "a"), func(w *rollout.World) {
		w.Groups[0].Policy.Gate, w.Groups[0].Policy.ReadyFor.Duration = gate, 10*time.Second
		w.Groups[0].Gate = now.Add(-9 * time.Second)
	}), "", map[string]planner.Code{"a": planner.CodeGate}},

	{"this host", with(group(2, "a"), func(w *rollout.World) { w.Turns[0].Self = true }), "", map[string]planner.Code{"a": planner.CodeSelf}},
	{"this host last", with(group(2, "a", "b"), func(w *rollout.World) { w.Turns[0].Self, w.AllowSelf = true, true }),
		"b", map[string]planner.Code{"a": planner.CodeSelfLast}},
	{"this host alone", with(group(2, "a", "b"), func(w *rollout.World) {
		w.Turns[0].Self, w.AllowSelf = true, true
		set(w, rollout.Done, "b")
	}), "a", nil},
	{"this host after all that has no turn", with(group(2, "a"), func(w *rollout.World) { w.Turns[0].Self, w.AllowSelf, w.Moving = true, true, 1 }),
		"", map[string]planner.Code{"a": planner.CodeSelfLast}},
	{"frozen, without a group", rollout.World{Now: now, Turns: []*rollout.Turn{{Name: "a", Freezes: []fleet.Freeze{{From: day, Until: day}}}}},
		"", map[string]planner.Code{"a": planner.CodeFreeze}},
	{"a freeze that is overridden", rollout.World{Now: now, OverrideFreeze: true, Turns: []*rollout.Turn{{Name: "a", Freezes: []fleet.Freeze{{From: day, Until: day}}}}}, "a", nil},
}

var day = fleet.Date{Year: 2026, Month: 3, Day: 4}

func surge(t *rollout.Turn) { t.Kind, t.Destroys = rollout.Surges, true }

// afterDB makes b the only server of a group that comes before the one of a.
func afterDB(w *rollout.World) {
	w.Groups[0].Members, w.Groups[0].Policy.After = []string{"a"}, []string{"db"}
	w.Groups = append(w.Groups, rollout.Group{Policy: &fleet.Rollout{Name: "db"}, Members: []string{"b"}, MaxUnavailable: 1})
	w.Turns[1].In = []rollout.Place{{Group: 1}}
}

func TestDecide(t *testing.T) {
	for _, c := range decisions {
		t.Run(c.name, func(t *testing.T) {
			d := rollout.Decide(c.world)
			var begin []string
			for _, i := range d.Begin {
				begin = append(begin, c.world.Turns[i].Name)
			}
			if got := strings.Join(begin, " "); got != c.begin {
				t.Errorf("%q begin, want %q", got, c.begin)
			}
			got := make(map[string]planner.Code)
			for i, h := range d.Held {
				got[c.world.Turns[i].Name] = h.Code
			}
			if c.held == nil {
				c.held = make(map[string]planner.Code)
			}
			if diff := cmp.Diff(c.held, got); diff != "" {
				t.Errorf("held (-want +got):\n%s", diff)
			}
		})
	}
}

// Above the budget the report names who is to blame, and not who is being disrupted.
func TestBlame(t *testing.T) {
	w := group(2, "a", "b", "c", "d")
	set(&w, rollout.InFlight, "a")
	down(&w, stopped, "a", "d")
	d := rollout.Decide(w)
	want := []planner.Other{{Name: "d"}}
	if h := d.Held[1]; !cmp.Equal(h.Servers, want) || h.Name != "web" || h.Count != 2 {
		t.Errorf("b is held by %+v, want it to blame d", h)
	}
}

// One that served a moment ago has the time to do so again before it is left alone.
func TestRecovers(t *testing.T) {
	for _, until := range []time.Time{now, now.Add(time.Second)} {
		w := group(1, "a")
		w.Turns[0].Destroys = true
		down(&w, rollout.Member{Active: true, Health: rollout.Unready, Recovers: until}, "a")
		d := rollout.Decide(w)
		want, wake := rollout.AwaitsNothing, now.Add(10*time.Minute)
		if until.After(now) {
			want, wake = rollout.AwaitsHealth, until
		}
		if h := d.Held[0]; h.Code != planner.CodeUnready || h.Awaits != want || !d.Wake.Equal(wake) {
			t.Errorf("until %s: %+v, wakes at %s", until, h, d.Wake)
		}
	}
}

func TestOver(t *testing.T) {
	for _, c := range []struct {
		name   string
		moving int
		turn   rollout.Turn
		over   bool
	}{
		{"a job goes on to its turn", 1, rollout.Turn{Early: true}, false},
		{"a job needs others that are held", 0, rollout.Turn{Early: true}, true},
		{"a server is not there", 0, rollout.Turn{Blocked: true}, false},
		{"this host after a job that goes on", 1, rollout.Turn{Self: true}, false},
	} {
		if d := rollout.Decide(rollout.World{Now: now, AllowSelf: true, Moving: c.moving, Turns: []*rollout.Turn{&c.turn}}); d.Over != c.over {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
	paused := group(1, "a", "b")
	paused.Groups[0].Steps, paused.Groups[0].Policy.Pause = []int{1, 2}, fleet.Pause{For: fleet.Duration{Duration: time.Minute}}
	set(&paused, rollout.Done, "a")
	if d := rollout.Decide(paused); !d.Over || !d.Wake.Equal(now.Add(time.Minute)) || d.Steps[0] != 1 {
		t.Errorf("in a pause: %+v", d)
	}
	paused.Groups[0].Progress = rollout.Progress{StepsOver: 1, OverAt: now.Add(-time.Minute)}
	if d := rollout.Decide(paused); d.Over || len(d.Begin) != 1 {
		t.Errorf("after the pause: %+v", d)
	}
	away := group(1, "a", "b")
	down(&away, stopped, "b")
	away.Turns = away.Turns[:1]
	if d := rollout.Decide(away); d.Over || !d.Wake.Equal(now.Add(10*time.Minute)) {
		t.Errorf("while a server is away: %+v", d)
	}
}
