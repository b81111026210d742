package render

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// alikePlan has updates of hostname in servers of these names, from and to as
// given with {name} in it.
func alikePlan(from, to string, names ...string) *planner.Plan {
	var p planner.Plan
	for i, n := range names {
		own := func(text string) planner.Value { return planner.Text(strings.ReplaceAll(text, "{name}", n)) }
		p.Changes = append(p.Changes, &planner.Update{Subject: about(n, fmt.Sprint(100+i), differing(9+i, 5, fleet.FieldHostname)),
			Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: own(from), To: own(to)}}})
	}
	return &p
}

func TestAlikeChangesAreOneGroup(t *testing.T) {
	names := []string{"web-1", "web-10", "web-2", "web-3", "web-4"}
	r := reviewOf(alikePlan("{name}.old.example", "{name}.example.com", names...))
	if len(r.Sections) != 1 || len(r.Sections[0].Groups) != 1 {
		t.Fatalf("sections are %+v, want one of one group", r.Sections)
	}
	g := r.Sections[0].Groups[0]
	text := stripColor(Style{}.fieldChange(g.Fields[0]).text)
	if len(g.Members) != 5 || text != "{name}.old.example → {name}.example.com" || g.Reason != "hostname differs from fleet.yaml:9…13" {
		t.Errorf("the group has %d servers, %q, %q", len(g.Members), text, g.Reason)
	}
	if got, want := g.Members.ranges(), []string{"web-[1:4]", "web-10"}; !slices.Equal(got, want) {
		t.Errorf("its servers are %q, want %q", got, want)
	}
}

// What differs in anything but the name stays apart, and so does what could be
// mistaken for something else.
func TestUnlikeChangesStayApart(t *testing.T) {
	oneDiffers := alikePlan("{name}.old", "{name}.new", "a-1", "a-2", "a-3", "a-4", "a-5")
	oneDiffers.Changes[2].(*planner.Update).Fields[0].From = planner.Text("a-3.other")
	for name, c := range map[string]struct {
		plan   *planner.Plan
		groups int
	}{
		"one alone":       {alikePlan("{name}.old", "{name}.new", "a-1"), 1},
		"one differs":     {oneDiffers, 2},
		"the mark itself": {alikePlan("x{name}x", "y", "{name}", "{name}", "{name}", "{name}", "{name}"), 5},
	} {
		if n := len(reviewOf(c.plan).Sections[0].Groups); n != c.groups {
			t.Errorf("%s: %d groups, want %d", name, n, c.groups)
		}
	}
}

// Every server of a plan is in exactly one group of its section, and deletes and
// replacements come first.
func TestReviewHoldsEverything(t *testing.T) {
	p := everything()
	for name, group := range map[string]func([]*fact) []group{"together": groupsOf, "singly": singles} {
		var seen []string
		r := newReview(p, group)
		for _, s := range r.Sections {
			for _, g := range s.Groups {
				for _, m := range g.Members {
					seen = append(seen, m.Name)
				}
			}
		}
		const rebooted = 1 // is in the group of its update
		if want := len(p.Changes) - rebooted + len(p.Waits) + len(p.Blocked) + len(p.Unlisted) + len(p.Excluded) + len(p.Notes); len(seen) != want {
			t.Errorf("%s: %d servers are shown, want %d", name, len(seen), want)
		}
		if want := []string{"old-01", "old-02", "old-03", "old-04"}; !slices.Equal(seen[:4], want) {
			t.Errorf("%s: the first are %q, want %q", name, seen[:4], want)
		}
	}
}

func TestRanges(t *testing.T) {
	for _, test := range []struct{ names, want []string }{
		{[]string{"web-01", "web-02", "web-03"}, []string{"web-[01:03]"}},
		{[]string{"web-01", "web-02"}, []string{"web-[01:02]"}},
		{[]string{"web-08", "web-09", "web-10", "web-12"}, []string{"web-[08:10]", "web-12"}},
		{[]string{"n-10", "n-8", "n-9"}, []string{"n-[8:10]"}},
		{[]string{"n-099", "n-100", "n-101"}, []string{"n-[099:101]"}},
		{[]string{"n-9", "n-10", "n-011"}, []string{"n-[9:10]", "n-011"}},
		{[]string{"a-1-x", "a-2-x", "a-3-x", "a-1-y"}, []string{"a-[1:3]-x", "a-1-y"}},
		{[]string{"web-1-f3", "web-2-0a", "web-10-c", "web-9-c"}, []string{"web-1-f3", "web-2-0a", "web-[9:10]-c"}},
		{[]string{"b", "n-5-x", "n-2-y", "n-3-x", "n-4-x", "a-7"}, []string{"a-7", "b", "n-2-y", "n-[3:5]-x"}},
		{[]string{"n-007", "n-7", "n-07", "n-6z"}, []string{"n-6z", "n-007", "n-07", "n-7"}},
		{[]string{"db", "db-1", "db-1", "db-2"}, []string{"db", "db-1", "db-[1:2]"}},
		{[]string{"n-1234567890", "n-1234567891", "n-1234567892"}, []string{"n-1234567890", "n-1234567891", "n-1234567892"}},
		{[]string{"web-[01:03]", "a, b", "", "ok"}, []string{`""`, `"a, b"`, "ok", `"web-[01:03]"`}},
	} {
		if d := cmp.Diff(test.want, ranges(test.names)); d != "" {
			t.Errorf("%q (-want +got):\n%s", test.names, d)
		}
	}
}

func TestWithoutName(t *testing.T) {
	for _, test := range [][3]string{
		{"web-1.example.com", "web-1", "{name}.example.com"},
		{"web-10.web-1.web-1", "web-1", "web-10.{name}.{name}"},
		{"a.aa-a.a", "a", "{name}.aa-a.{name}"},
		{"nothing", "", "nothing"},
		{"exactly", "exactly", "{name}"},
		{"web-1--next", "web-1", "{name}--next"},
	} {
		if got, _ := withoutName(test[0], test[1]); got != test[2] {
			t.Errorf("%q without %q is %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

// What is known of each server of a large group is little, beside the plan itself.
func TestMemoryOfAReview(t *testing.T) {
	const n = 20_000
	var file strings.Builder
	file.WriteString("defaults: {plan: standard, os: ubuntu-22.04, location: us-west, hostname: \"{name}.example.com\"}\nservers:\n")
	for i := range n {
		fmt.Fprintf(&file, "  web-%06d: {}\n", i)
	}
	p := casePlan(t, file.String(), "")
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	r := reviewOf(p)
	if each := (live() - before) / n; each > 600 {
		t.Errorf("a review takes %d bytes for each server, want 600 at most", each)
	}
	runtime.KeepAlive(r)
	runtime.KeepAlive(p)
}
