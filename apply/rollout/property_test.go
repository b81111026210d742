package rollout_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
)

// Whatever the groups: a rollout that nothing disturbs ends, with each server disrupted
// once, and no group ever above its budget, its surge, its step or its domain.
func TestUndisturbed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		begun := make(map[int]bool)
		for range 3 * len(w.Turns) {
			d := rollout.Decide(w)
			for _, i := range d.Begin {
				if begun[i] {
					t.Fatalf("%s begins twice", w.Turns[i].Name)
				}
				begun[i] = true
				w.Turns[i].State = rollout.InFlight
			}
			holdTogether(t, w)
			var moving []int
			for i, turn := range w.Turns {
				if turn.State == rollout.InFlight {
					moving = append(moving, i)
				}
			}
			if len(moving) == 0 {
				break
			}
			w.Turns[rapid.SampledFrom(moving).Draw(t, "ends")].State = rollout.Done
		}
		if len(begun) < len(w.Turns) {
			t.Fatalf("%d of %d turns begin; held: %+v", len(begun), len(w.Turns), rollout.Decide(w).Held)
		}
	})
}

// drawWorld draws groups that may overlap, and what is to be done to their servers.
func drawWorld(t *rapid.T) rollout.World {
	w := rollout.World{Now: now, AllowSelf: true, Members: make(map[string]rollout.Member)}
	size := rapid.IntRange(1, 12).Draw(t, "size")
	groups := rapid.IntRange(1, 3).Draw(t, "groups")
	for g := range groups {
		group := rollout.Group{Policy: &fleet.Rollout{Name: fmt.Sprint(g)}, MaxUnavailable: rapid.IntRange(1, 4).Draw(t, "budget"), MaxSurge: rapid.IntRange(1, 2).Draw(t, "surge")}
		if rapid.Bool().Draw(t, "steps") {
			group.Steps = []int{1, rapid.IntRange(2, 5).Draw(t, "second")}
		}
		if g > 0 && rapid.Bool().Draw(t, "after") {
			group.Policy.After = []string{fmt.Sprint(g - 1)}
		}
		w.Groups = append(w.Groups, group)
	}
	for i := range size {
		turn := &rollout.Turn{Name: fmt.Sprintf("web-%d", i), Kind: rapid.SampledFrom([]rollout.Kind{rollout.Restarts, rollout.Leaves, rollout.Surges}).Draw(t, "kind"), Self: i == 0}
		w.Members[turn.Name] = rollout.Member{Active: true, Health: rollout.Ready}
		g := rapid.IntRange(0, groups-1).Draw(t, "group")
		turn.In = []rollout.Place{{Group: g, Domain: rapid.SampledFrom([]string{"", "fra", "nyc"}).Draw(t, "domain")}}
		if turn.Kind != rollout.Leaves {
			w.Groups[g].Members = append(w.Groups[g].Members, turn.Name)
		}
		w.Turns = append(w.Turns, turn)
	}
	return w
}

func holdTogether(t *rapid.T, w rollout.World) {
	for g, group := range w.Groups {
		away, surging, begun, ended := 0, 0, 0, 0
		var domains []string
		for _, turn := range w.Turns {
			if turn.In[0].Group != g || turn.State == rollout.Pending {
				continue
			}
			begun++
			if turn.State != rollout.InFlight {
				ended++
				continue
			}
			domains = append(domains, turn.In[0].Domain)
			if turn.Kind == rollout.Surges {
				surging++
			} else {
				away++
			}
		}
		domains = slices.DeleteFunc(domains, func(d string) bool { return d == "" })
		slices.Sort(domains)
		switch {
		case away > group.MaxUnavailable, surging > group.MaxSurge:
			t.Fatalf("group %d: %d away, %d surging: %+v", g, away, surging, group)
		case len(slices.Compact(domains)) > 1:
			t.Fatalf("group %d is disrupted in %v", g, domains)
		case len(group.Steps) > 0 && ended < group.Steps[0] && begun > group.Steps[0]:
			t.Fatalf("group %d: %d begun in its first step", g, begun)
		}
	}
}

// A clock that is set back never shortens a pause, and no wake is in the past.
func TestClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := group(1, "a", "b")
		w.Groups[0].Steps = []int{1, 2}
		w.Groups[0].Policy.Pause.For.Duration = time.Duration(rapid.IntRange(1, 100).Draw(t, "pause")) * time.Minute
		w.Groups[0].OverAt = now.Add(time.Duration(rapid.IntRange(-200, 200).Draw(t, "over")) * time.Minute)
		w.Groups[0].StepsOver = 1
		set(&w, rollout.Done, "a")
		d := rollout.Decide(w)
		if over := !now.Before(w.Groups[0].OverAt.Add(w.Groups[0].Policy.Pause.For.Duration)); over != (len(d.Begin) == 1) {
			t.Fatalf("begins %v", d.Begin)
		}
		if !d.Wake.IsZero() && !d.Wake.After(now) {
			t.Fatalf("wakes at %v", d.Wake)
		}
	})
}
