package fleet

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRanges(t *testing.T) {
	tests := []struct{ key, want string }{
		{"web-01", "web-01"},
		{"web-[1:3]", "web-1 web-2 web-3"},
		{"web-[08:11]", "web-08 web-09 web-10 web-11"},
		{"web-[0:2]", "web-0 web-1 web-2"},
		{"web-[00:01]", "web-00 web-01"},
		{"web-[9:11]", "web-9 web-10 web-11"},
		{"[1:9:2]", "1 3 5 7 9"},
		{"[1:8:3]-x", "1-x 4-x 7-x"},
		{"[5:5]", "5"},
		{"[a:c]", "a b c"},
		{"[A:E:2]", "A C E"},
		{"r[a:b]-n[1:2]", "ra-n1 ra-n2 rb-n1 rb-n2"},
		{"[1:2][1:2]", "11 12 21 22"},
	}
	for _, test := range tests {
		p, bad := parsePattern(test.key)
		if bad != nil {
			t.Errorf("%s: %s", test.key, bad.message)
			continue
		}
		var names []string
		for i := range p.count() {
			name, _ := p.name(i)
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.key, got, test.want)
		}
	}
}

func TestRangeCountDoesNotOverflow(t *testing.T) {
	p, bad := parsePattern(strings.Repeat("[1:999999999]", 8))
	if bad != nil || p.count() != math.MaxInt {
		t.Errorf("count is %d: %v", p.count(), bad)
	}
}

// TestRangesProperty expands random ranges and compares with loops.
func TestRangesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(0, 99).Draw(t, "first")
		last := rapid.IntRange(first, 150).Draw(t, "last")
		step := rapid.IntRange(1, 20).Draw(t, "step")
		width := 0
		if rapid.Bool().Draw(t, "padded") {
			width = 3 + rapid.IntRange(0, 3).Draw(t, "width")
		}
		from := rapid.ByteRange('a', 'z').Draw(t, "from")
		to := rapid.ByteRange(from, 'z').Draw(t, "to")
		prefix := rapid.StringMatching(`[a-z0-9-]{1,5}`).Draw(t, "prefix")

		var want []string
		for c := from; c <= to; c++ {
			for n := first; n <= last; n += step {
				want = append(want, fmt.Sprintf("%s%c-%0*d %c/%0*d", prefix, c, width, n, c, width, n))
			}
		}
		key := fmt.Sprintf("%s[%c:%c]-[%0*d:%0*d:%d]", prefix, from, to, width, first, width, last, step)
		p, bad := parsePattern(key)
		if bad != nil {
			t.Fatalf("%s: %s", key, bad.message)
		}
		var got []string
		for i := range p.count() {
			name, values := p.name(i)
			got = append(got, name+" "+strings.Join(values, "/"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -want +got\n%s", key, diff)
		}
	})
}

// TestOrderProperty shuffles entries: the fleet stays the same.
func TestOrderProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			key := rapid.StringMatching(`[a-z]{3,6}`).Draw(t, "name")
			if rapid.Bool().Draw(t, "range") {
				key += "-[1:3]"
			}
			plan := rapid.IntRange(1, 9).Draw(t, "plan")
			return fmt.Sprintf("  %s: { plan: %d, hostname: \"{name}.example.com\" }\n", key, plan)
		}), 1, 12, func(line string) string { return strings.SplitN(strings.TrimSpace(line), ":", 2)[0][:3] }).Draw(t, "lines")
		parse := func(lines []string) *Fleet {
			f, err := Parse(Text{"fleet.yaml", []byte("version: 1\nservers:\n" + strings.Join(lines, ""))})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		want := parse(lines)
		if diff := cmp.Diff(want, parse(rapid.Permutation(lines).Draw(t, "shuffled")), sameFleet); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
		for _, s := range want.Servers {
			if *s.Hostname != s.Name+".example.com" {
				t.Fatalf("server %s has hostname %s", s.Name, *s.Hostname)
			}
		}
	})
}

func TestTemplates(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"db.example.com", "db.example.com"},
		{"{name}", "r-a-07"},
		{"{name}.example.com", "r-a-07.example.com"},
		{"n{2}.{1}.x", "n07.a.x"},
		{"{1}{1}{name}", "aar-a-07"},
	}
	for _, test := range tests {
		p, bad := parseTemplate(test.text)
		if bad != nil {
			t.Errorf("%s: %s", test.text, bad.message)
		} else if got := p.expand("r-a-07", []string{"a", "07"}); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}
