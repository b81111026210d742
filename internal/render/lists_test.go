package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLists(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	for _, test := range []struct{ got, want string }{
		{few(names[:1]), "a"},
		{few(names[:2]), "a and b"},
		{few(names[:3]), "a, b and c"},
		{few(names), "a, b and 2 more"},
		{strings.Join(atMost(4, names, "%d more"), " "), "a b c d"},
		{strings.Join(atMost(3, names, "and %d more"), " "), "a b c and 1 more"},
		{Share(1, 4), "1 of 4 changes is"},
		{Share(2, 4), "2 of 4 changes are"},
		{quantity(1, "entry", "entries"), "1 entry"},
		{quantity(0, "entry", "entries"), "0 entries"},
		{together("; ", "", "a", "", "b"), "a; b"},
		{together("; ", "", ""), ""},
		{withID("web-1", "7"), "web-1 (7)"},
		{withID("web-1", ""), "web-1"},
		{strings.Join(counted(2, "failed", 0, "blocked", 1, "done"), ", "), "2 failed, 1 done"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	groups := grouped([]string{"bb", "a", "cc", "d", "eee"}, func(s string) int { return len(s) })
	if d := cmp.Diff([][]string{{"bb", "cc"}, {"a", "d"}, {"eee"}}, groups); d != "" {
		t.Errorf("groups are not in the order of their keys (-want +got):\n%s", d)
	}
}
