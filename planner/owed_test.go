package planner_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/planner"
)

// A reboot that is owed is planned once, whatever else its server needs, and not
// where it is not needed any more or may have been taken.
func TestOwedReboot(t *testing.T) {
	const update = "servers: {a: {hostname: x, reboot_on: [hostname]}}"
	for _, test := range []struct {
		name, file, live string
		unclear          bool
		want             string
	}{
		{"the update is in place", update, "1 a active host=x", false, lines("reboot a #1")},
		{"it was undone", update, "1 a active host=y", false, lines("update a #1 hostname:y→x", "reboot a #1")},
		{"the entry says nothing of reboots any more", "servers: {a: {}}", "1 a active", false, lines("reboot a #1")},
		{"in transition", update, "1 a starting host=x", false, lines("reboot a #1", "wait a #1 starting→active")},
		{"stopped", update, "1 a stopped host=x", false, ""},
		{"started now", "servers: {a: {status: active}}", "1 a stopped", false, lines("start a #1")},
		{"to be stopped", "servers: {a: {status: stopped}}", "1 a active", false, lines("stop a #1")},
		{"another server has the name", update, "2 a active host=x", false, ""},
		{"it may have been taken", update, "1 a active host=x", true, lines("blocked a [1]: reboot_unclear")},
		{"it may have been taken, and it is updated again", update, "1 a active host=y", true, lines("update a #1 hostname:y→x", "reboot a #1")},
		{"it may have been taken, and was stopped since", update, "1 a stopped host=x", true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := observe(t, test.live)
			o.Owed = []planner.Owed{{ID: "1", Since: time.Unix(1e9, 0), Unclear: test.unclear}}
			p := planner.Diff(parse(t, test.file), o, planner.Selection{})
			if d := cmp.Diff(test.want, describe(p)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// What is left of an approved plan has the reboot while it is owed, and not after.
func TestOwedRebootThatWasApproved(t *testing.T) {
	owed := []planner.Owed{{ID: "1", Since: time.Unix(1e9, 0)}}
	before := observe(t, "1 a active host=x")
	before.Owed = owed
	f := parse(t, "servers: {a: {hostname: x, reboot_on: [hostname]}}")
	for name, p := range map[string]*planner.Plan{
		"with its update": planner.Diff(f, observe(t, "1 a active"), planner.Selection{}),
		"alone":           planner.Diff(f, before, planner.Selection{}),
	} {
		left, _ := p.Remaining(before)
		if d := cmp.Diff(lines("reboot a #1"), describe(left)); d != "" {
			t.Errorf("%s, owed: -want +got\n%s", name, d)
		}
		left, _ = p.Remaining(observe(t, "1 a active host=x"))
		if d := cmp.Diff(lines("note a: reboot_uncertain"), describe(left)); d != "" {
			t.Errorf("%s, not owed: -want +got\n%s", name, d)
		}
	}
}

// What the API does not show yet is noted for the entries that are selected.
func TestUnshown(t *testing.T) {
	o := observe(t, "1 a active", "2 b active")
	o.Unshown = []planner.Unshown{{Name: "a", ID: "1", Action: planner.ActionUpdate}, {Name: "b", ID: "2", Action: planner.ActionStop}}
	p := planner.Diff(parse(t, "servers: {a: {}, b: {}}"), o, planner.Selection{Targets: []string{"a"}})
	if d := cmp.Diff(lines("note a: unshown update"), describe(p)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
