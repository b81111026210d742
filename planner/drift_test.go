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

// driftLines writes differences in short lines.
func driftLines(differences []planner.Difference) string {
	var b strings.Builder
	for _, x := range differences {
		fmt.Fprintf(&b, "%s %s %v:", x.Kind, x.Name, x.IDs)
		switch {
		case x.Reason.Code != "":
			fmt.Fprintf(&b, " %s", x.Reason.Code)
		case x.Field != "":
			fmt.Fprintf(&b, " %s is %s, not %s", x.Field, x.Is, x.Want)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestFindDrift(t *testing.T) {
	const listed = "servers: {w: {plan: standard, os: ubuntu, location: us-west, hostname: w.x, status: active}}"
	for _, test := range []struct {
		name, file string
		live       []string
		want       string
	}{
		{"as the file says", listed, []string{"1 w active host=w.x"}, ""},
		{"missing", listed, nil, "missing w []:"},
		{"a field", listed, []string{"1 w active host=evil"}, "changed w [1]: hostname is evil, not w.x"},
		{"null is a value", listed, []string{"1 w active"}, "changed w [1]: hostname is (none), not w.x"},
		{"what the API cannot change, and power", listed, []string{"1 w stopped plan=2 host=w.x"},
			"changed w [1]: plan is 2, not standard (1)\npower w [1]: status is stopped, not active"},
		{"protected or not", "protect: [w]\nservers: {w: {status: stopped}}", []string{"1 w active"}, "power w [1]: status is active, not stopped"},
		{"a name", "servers: {w: {renamed_from: v}}", []string{"1 v active"}, "changed w [1]: name is v, not w"},
		{"left by a replacement", "servers: {w: {replace: create-first}}", []string{"1 w--next active"}, "changed w [1]: name is w--next, not w"},
		{"in transition counts as its target", listed, []string{"1 w starting host=w.x"}, ""},
		{"in transition to stopped", listed, []string{"1 w stopping host=w.x"}, "power w [1]: status is stopped, not active"},
		{"suspended", listed, []string{"1 w suspended host=evil"}, "status w [1]: status is suspended, not (none)"},
		{"a status nobody knows", listed, []string{"1 w error"}, "status w [1]: status is error, not (none)"},
		{"absent", "servers: {w: {absent: true}}", []string{"1 w active"}, "unwanted w [1]:"},
		{"absent and gone", "servers: {w: {absent: true}}", nil, ""},
		{"unlisted", "owns: ['w*']\nservers: {}", []string{"2 w2 active", "1 v active"}, "unlisted w2 [2]:"},
		{"unlisted, ignored", "owns: ['w*']\nunlisted: ignore\nservers: {}", []string{"2 w2 active"}, ""},
		{"duplicates", listed, []string{"2 w active", "1 w active"}, "unclear w [1 2]: duplicates"},
		{"a pinned id", "servers: {w: {id: 7}}", []string{"1 w active"}, "unclear w []: unknown_id\nunlisted w [1]:"},
		{"ignored", "servers: {w: {plan: performance, os: unheard-of, ignore: [plan, os], location: us-east}}", []string{"1 w active"},
			"changed w [1]: location is us-west, not us-east"},
		{"backups not told", "servers: {w: {backups_enabled: true}}", []string{"1 w active"}, "unclear w [1]: unread"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := planner.FindDrift(parse(t, test.file), nil, observe(t, test.live...), planner.Selection{})
			if diff := cmp.Diff(test.want, driftLines(d.Differences)); diff != "" {
				t.Error(diff)
			}
			if (d.Fingerprint() == "") != (test.want == "") {
				t.Errorf("the fingerprint is %q", d.Fingerprint())
			}
		})
	}
}

// What only the current file says is pending; what the former one said in the
// same words is drift.
func TestDriftSince(t *testing.T) {
	for _, test := range []struct {
		name, former, now, live, drift, pending string
	}{
		{"newly written", "w: {}", "w: {hostname: b}", "1 w active host=a", "", "changed w [1]: hostname is a, not b"},
		{"written before", "w: {hostname: b}", "w: {hostname: b}", "1 w active host=a", "changed w [1]: hostname is a, not b", ""},
		{"written anew, changed by hand", "w: {hostname: a}", "w: {hostname: b}", "1 w active host=evil", "", "changed w [1]: hostname is evil, not b"},
		{"one of each", "w: {hostname: b}", "w: {hostname: b, status: stopped}", "1 w active host=a", "changed w [1]: hostname is a, not b", "power w [1]: status is active, not stopped"},
		{"newly listed", "v: {absent: true}", "w: {}", "1 x active", "", "missing w []:"},
		{"listed before, with another plan", "w: {plan: 1}", "w: {plan: 2}", "1 x active", "missing w []:", ""},
		{"no longer listed", "w: {}", "v: {absent: true}", "1 w active", "", "unlisted w [1]:"},
		{"what the former file alone said is over", "w: {hostname: b}", "w: {}", "1 w active host=a", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := func(entry string) *fleet.Fleet { return parse(t, "owns: [w]\nservers: {"+entry+"}") }
			d := planner.FindDrift(file(test.now), file(test.former), observe(t, test.live), planner.Selection{})
			if diff := cmp.Diff([]string{test.drift, test.pending}, []string{driftLines(d.Differences), driftLines(d.Pending)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDriftIsSelected(t *testing.T) {
	d := planner.FindDrift(parse(t, "owns: ['*']\nservers: {v: {}, w: {}}"), nil, observe(t, "1 vv active", "2 ww active"), planner.Selection{Targets: []string{"v*"}})
	if got := driftLines(d.Differences); strings.Contains(got, " w") || len(d.Differences) != 2 || d.Selected != 1 {
		t.Errorf("%d selected:\n%s", d.Selected, got)
	}
}

// A name that cannot be resolved is unclear only where it has to be compared.
func TestDriftOfUnknownNames(t *testing.T) {
	for _, test := range []struct{ now, former, live, drift, pending string }{
		{"w: {plan: nope, os: 5, hostname: b}", "", "1 w active host=a", "unclear w [1]: unknown_name\nchanged w [1]: hostname is a, not b", ""},
		{"w: {plan: nope}", "", "1 v active", "missing w []:", ""},
		{"w: {plan: nope}", "w: {}", "1 w active", "", "unclear w [1]: unknown_name"},
		{"w: {}", "w: {plan: nope}", "1 w active", "", ""},
	} {
		var former *fleet.Fleet
		if test.former != "" {
			former = parse(t, "servers: {"+test.former+"}")
		}
		d := planner.FindDrift(parse(t, "servers: {"+test.now+"}"), former, observe(t, test.live), planner.Selection{})
		if diff := cmp.Diff([]string{test.drift, test.pending}, []string{driftLines(d.Differences), driftLines(d.Pending)}); diff != "" {
			t.Errorf("%s: %s", test.now, diff)
		}
	}
}

// There is drift exactly where a plan has anything to say; and its fingerprint
// depends neither on the order of the servers, nor on where in the file an entry
// stands, nor on who is on the way; but on every difference.
func TestFingerprintIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, o := drawFleet(t), drawWorld(t)
		find := func(text string, o planner.Observation) *planner.Drift {
			f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte(text)})
			if err != nil {
				t.Fatal(err)
			}
			return planner.FindDrift(f, nil, o, planner.Selection{})
		}
		d := find(text, o)
		f, _ := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte(text)})
		p := planner.Diff(f, o, planner.Selection{})
		if planned := len(p.Changes)+len(p.Blocked)+len(p.Unlisted) > 0; planned != (len(d.Differences) > 0) {
			t.Fatalf("the plan is\n%s\nthe drift is\n%s", describe(p), driftLines(d.Differences))
		}
		other := o
		other.Servers = rapid.Permutation(o.Servers).Draw(t, "order")
		for i, s := range other.Servers {
			switch s.Status {
			case planner.StatusActive:
				other.Servers[i].Status = rapid.SampledFrom([]planner.Status{"active", "starting", "rebooting", "provisioning"}).Draw(t, "passing")
			case planner.StatusStopped:
				other.Servers[i].Status = "stopping"
			}
		}
		if a, b := d.Fingerprint(), find("# moved\n\n"+text, other).Fingerprint(); a != b {
			t.Fatalf("the same drift has the fingerprints %q and %q", a, b)
		}
		if len(d.Differences) > 0 {
			fewer := *d
			at := rapid.IntRange(0, len(d.Differences)-1).Draw(t, "without")
			fewer.Differences = append(append([]planner.Difference{}, d.Differences[:at]...), d.Differences[at+1:]...)
			if fewer.Fingerprint() == d.Fingerprint() {
				t.Fatalf("the fingerprint does not depend on %+v", d.Differences[at])
			}
		}
	})
}

// What waits for its turn in a rollout is pending; what no rollout puts right is not.
func TestPostponed(t *testing.T) {
	d := &planner.Drift{Differences: []planner.Difference{
		{Kind: planner.DriftChanged, Name: "a"}, {Kind: planner.DriftMissing, Name: "a"}, {Kind: planner.DriftUnclear, Name: "a"}, {Kind: planner.DriftChanged, Name: "b"},
	}}
	d.Postpone(map[string]planner.Reason{"a": {Code: planner.CodePaused}})
	if len(d.Pending) != 1 || d.Pending[0].Reason.Code != planner.CodePaused {
		t.Errorf("pending is %+v", d.Pending)
	}
	if n := d.Count(); n[planner.DriftMissing] != 1 || n[planner.DriftUnclear] != 1 || n[planner.DriftChanged] != 1 {
		t.Errorf("the drift is %v", n)
	}
}
