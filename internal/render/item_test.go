package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// A plan of 352 changes in 1,000 servers is one screen of a large terminal; every
// server that is deleted is named.
func TestPlanOfAThousandServers(t *testing.T) {
	p := thousandCase(t)
	text := Plan(p, Style{Width: 100})
	if n := strings.Count(text, "\n"); n > 60 {
		t.Errorf("it has %d lines, want 60 at most:\n%s", n, text)
	}
	for _, want := range []string{"gone-[00:39]", "node-[0003:0883:20]", "46 blocked", "140 servers lose their data"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	for _, c := range p.Changes {
		if name := c.About().Name; c.Action() == planner.ActionDelete && name[0] == 'x' && !strings.Contains(text, name) {
			t.Errorf("%s is deleted and not named", name)
		}
	}
	if n := strings.Count(text, "next: to have a new server in its place"); n != 1 {
		t.Errorf("what to do about 45 blocked entries is said %d times, want once", n)
	}
}

// A plan of 67 changes is a screen and a half, and what became of 15 changes half a
// screen.
func TestHeights(t *testing.T) {
	p, r := failedCase(t, true)
	for _, test := range []struct {
		name, text string
		most       int
	}{
		{"plan", Plan(mixedCase(t), Style{Width: 100}), 62},
		{"result", Result(Run{Plan: p, Result: r, Again: "fleet apply -f w/fail.yaml"}, nil, Style{Width: 100}), 16},
	} {
		if n := strings.Count(test.text, "\n"); n > test.most {
			t.Errorf("the %s has %d lines, want %d at most:\n%s", test.name, n, test.most, test.text)
		}
	}
}

// Text keeps to the width of the terminal, and breaks between words.
func TestPlanKeepsToTheWidth(t *testing.T) {
	long := strings.Repeat("a-very-long-name-", 3) + "of-62-chars"
	plans := map[string]*planner.Plan{"mixed": mixedCase(t), "thousand": thousandCase(t), "everything": everything(), "long names": longNames(long)}
	for name, p := range plans {
		words := strings.Fields(strings.NewReplacer(",", " ", "…", " ").Replace(Plan(p, Style{Width: 1000})))
		for _, w := range []int{100, 80, 60, 40} {
			text := Plan(p, Style{Width: w})
			for _, l := range strings.Split(text, "\n") {
				if width(l) > w && strings.Contains(strings.TrimSpace(l), " ") && !strings.Contains(l, long) {
					t.Errorf("%s at %d columns has a line of %d:\n%s", name, w, width(l), l)
				}
			}
			for _, word := range words {
				if len(word) > 12 && strings.HasPrefix(word, "x") && !strings.Contains(text, word) {
					t.Errorf("%s at %d columns has broken the word %q", name, w, word)
				}
			}
		}
	}
	if text := Plan(plans["long names"], Style{Width: 40}); !strings.Contains(text, long+"-1") {
		t.Errorf("a long name is broken:\n%s", text)
	}
}

// longNames deletes and updates servers of long names that are not alike.
func longNames(name string) *planner.Plan {
	var p planner.Plan
	for i := range 3 {
		n := fmt.Sprintf("%s-%d", name, i*i+1)
		p.Changes = append(p.Changes, &planner.Delete{Subject: about(n, fmt.Sprint(i), causedAt(planner.CodeAbsent, i+1, 1)), Old: live(fmt.Sprint(i), n)},
			&planner.Update{Subject: about("u-"+n, fmt.Sprint(10+i), differing(9+i, 5, fleet.FieldHostname)),
				Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text("old"), To: planner.Text(n)}}})
	}
	return &p
}

// Colours end where a line does.
func TestFoldedColors(t *testing.T) {
	s := Style{Color: true}
	var got []string
	for _, l := range folded([]line{s.line(red, "one two three four five six").plus(s.line(plain, " and seven"))}, 20) {
		got = append(got, l.text)
	}
	if want := []string{"\x1b[31mone two three four\x1b[0m", "\x1b[31mfive six\x1b[0m and seven"}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The question before a yes says what is lost.
func TestQuestion(t *testing.T) {
	for _, test := range []struct {
		plan *planner.Plan
		want string
	}{
		{mixedCase(t), `27 servers lose their data. Carry out this plan? Only "yes" is accepted: `},
		{&planner.Plan{Changes: []planner.Change{&planner.Delete{}}}, `1 server loses its data. Carry out this plan? Only "yes" is accepted: `},
		{&planner.Plan{Changes: []planner.Change{&planner.Create{}}}, `Carry out this plan? Only "yes" is accepted: `},
	} {
		if got := Question(test.plan, Style{}); got != test.want {
			t.Errorf("the question is %q, want %q", got, test.want)
		}
	}
}
