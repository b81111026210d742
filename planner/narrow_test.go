package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func TestOnly(t *testing.T) {
	const new = "plan: 1, os: 5, location: us-west"
	for _, test := range []struct {
		name, only, file string
		live             []string
		kept, left       string
	}{
		{"all", "", "servers: {w: {status: active}}", []string{"1 w stopped"}, "start w #1", ""},
		{"some kinds", "update start", "servers: {a: {" + new + "}, w: {hostname: x, status: active}}", []string{"1 w stopped"},
			"update w #1 hostname:(none)→x\nstart w #1", "create a"},
		{"a new server's stop needs its create", "stop", "servers: {w: {" + new + ", status: stopped}}", nil,
			"", "create w\nstop w: it needs the create of w first"},
		{"or the delete of what has failed", "replace", failedNext, []string{"1 a active backups=on", "2 a--next error plan=2"},
			"", "replace a: it needs the delete of a--next first\ndelete a--next"},
		{"or its replacement", "stop", "servers: {w: {plan: 2, replace: delete-first, status: stopped, backups_enabled: true}}", []string{"1 w active backups=on"},
			"", "replace w\nstop w: it needs the replace of w first"},
		{"a reboot needs its update", "reboot", "servers: {w: {hostname: x, reboot_on: [hostname]}}", []string{"1 w active"},
			"", "update w\nreboot w: it needs the update of w first"},
		{"an update does not need its reboot", "update", "servers: {w: {hostname: x, reboot_on: [hostname]}}", []string{"1 w active"},
			"update w #1 hostname:(none)→x", "reboot w"},
		{"a name that a delete frees", "update", "unlisted: delete\nowns: [x]\nservers: {w: {id: 1}, x: {id: 2}}", []string{"1 v active", "2 w active", "3 x active"},
			"", "update w: it needs the update of x first\nupdate x: it needs the delete of x first\ndelete x"},
		{"a name that an update frees", "create", "servers: {w: {" + new + "}, x: {id: 1}}", []string{"1 w active"},
			"", "create w: it needs the update of x first\nupdate x"},
		{"waits only for what is kept", "start", "servers: {v: {}, w: {status: stopped}, x: {status: active}}", []string{"1 v starting", "2 w starting", "3 x stopping"},
			"start x #3\nwait v #1 starting→active\nwait x #3 stopping→stopped", "stop w"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var only []planner.Action
			for _, a := range strings.Fields(test.only) {
				only = append(only, planner.Action(a))
			}
			p := diff(t, test.file, test.live...).Only(only)
			var left strings.Builder
			for _, l := range p.Excluded {
				fmt.Fprintf(&left, "%s %s", l.Action, l.Name)
				if why := l.ExcludedBy; why.Code == planner.CodeNeeds {
					fmt.Fprintf(&left, ": it needs the %s of %s first", why.Action, why.Name)
				}
				left.WriteByte('\n')
			}
			if diff := cmp.Diff([]string{test.kept, test.left}, []string{strings.TrimSpace(describe(p)), strings.TrimSpace(left.String())}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A narrowed plan is part of the whole: each change is in one of the two lists,
// and what is kept can be carried out without the rest.
func TestOnlyNeverWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte(drawFleet(t))})
		if err != nil {
			t.Fatal(err)
		}
		o := drawWorld(t)
		whole := planner.Diff(f, o, planner.Selection{})
		only := rapid.SliceOfNDistinct(rapid.SampledFrom(planner.Actions), 1, len(planner.Actions), rapid.ID).Draw(t, "only")
		p := whole.Only(only)
		if len(p.Changes)+len(p.Excluded) != len(whole.Changes) {
			t.Fatalf("%d kept and %d excluded make not %d", len(p.Changes), len(p.Excluded), len(whole.Changes))
		}
		known := map[planner.Change]bool{}
		for _, c := range whole.Changes {
			known[c] = true
		}
		for _, c := range p.Changes {
			if !known[c] {
				t.Fatalf("%s %s is new", c.Action(), c.About().Name)
			}
		}
		checkNames(t, o, applyPlan(t, p, o))
	})
}
