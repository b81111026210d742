package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFindSeries(t *testing.T) {
	tests := []struct{ names, want, ofThree string }{ // ofThree: where three names make a range at least; "" is the same
		{"", "", ""},
		{"web-03 web-01 web-02", "web-[01:03]", ""},
		{"web-1 web-2", "web-[1:2]", "web-1 web-2"},
		{"web-10 web-2 web-9 web-11 db", "db web-2 web-[9:11]", ""},
		{"web-98 web-99 web-100 web-101", "web-[98:101]", ""},
		{"web-098 web-099 web-100", "web-[098:100]", ""},
		{"web-01 web-34 web-67 web-100", "web-01 web-34 web-67 web-100", ""},
		{"web-97 web-98 web-99 web-096 web-095 web-094 web-100", "web-[094:096] web-[97:100]", ""},
		{"web-9 web-010 web-011", "web-9 web-[010:011]", "web-9 web-010 web-011"},
		{"node-0020 node-0040 node-0060 node-0080", "node-[0020:0080:20]", ""},
		{"a-1 a-3 a-5", "a-1 a-3 a-5", ""},
		{"a-1 a-3 a-4 a-5", "a-1 a-[3:5]", ""},
		{"a-2 a-4 a-6 a-7 a-8", "a-2 a-4 a-[6:8]", ""},
		{"a1-x a2-x a3-x b", "a[1:3]-x b", ""},
		{"a1-x a2-x a3-y", "a[1:2]-x a3-y", "a1-x a2-x a3-y"},
		{"web_1 web_2 web_3", "web_1 web_2 web_3", ""},
		{"a-1 a-1 a-1", "a-1 a-1 a-1", ""},
		{"a-1234567890 a-1234567891 a-1234567892", "a-1234567890 a-1234567891 a-1234567892", ""},
		{"a-1 a-2 a-4 a-6 a-8", "a-[1:2] a-4 a-6 a-8", "a-1 a-[2:8:2]"},
		{"0 1 2 3", "[0:3]", ""},
	}
	for _, test := range tests {
		for least, want := range map[int]string{2: test.want, 3: cmp.Or(test.ofThree, test.want)} {
			var got []string
			for _, s := range FindSeries(strings.Fields(test.names), least) {
				got = append(got, s.Key)
			}
			if g := strings.Join(got, " "); g != want {
				t.Errorf("%s, least %d\n got %s\nwant %s", test.names, least, g, want)
			}
		}
	}
}

// TestFindSeriesProperty holds that what is found expands to the names that were
// given, each once.
func TestFindSeriesProperty(t *testing.T) {
	name := rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			return rapid.StringMatching(`[a-c_. é]{0,3}[0-9]{0,11}`).Draw(t, "name")
		}
		width := rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "width")
		suffix := rapid.SampledFrom([]string{"", "-x"}).Draw(t, "suffix")
		return fmt.Sprintf("%s%0*d%s", rapid.SampledFrom([]string{"", "web-", "a1-"}).Draw(t, "prefix"), width, rapid.IntRange(0, 30).Draw(t, "n")+rapid.SampledFrom([]int{0, 0, 85, 985}).Draw(t, "from"), suffix)
	})
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(name, 0, 60).Draw(t, "names")
		least := rapid.IntRange(2, 4).Draw(t, "least")
		var expanded []string
		for _, s := range FindSeries(names, least) {
			if len(s.Names) == 1 {
				expanded = append(expanded, s.Key)
				continue
			}
			p, bad := parsePattern(s.Key)
			if bad != nil {
				t.Fatalf("%s: %s", s.Key, bad.message)
			}
			for i := range p.count() {
				name, _ := p.name(i)
				if name != s.Names[i] {
					t.Fatalf("%s gives %s where it says %s", s.Key, name, s.Names[i])
				}
				expanded = append(expanded, name)
			}
		}
		want := slices.Sorted(slices.Values(names))
		if slices.Sort(expanded); !slices.Equal(want, expanded) {
			t.Fatalf("%q became %q", want, expanded)
		}
	})
}
