package fleet

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompareNames(t *testing.T) {
	sorted := []string{"", "1", "02", "2", "10", "db", "web", "web1", "web-1", "web-01-a", "web-2", "web-10", "web-99999999999999999999"}
	got := slices.Clone(sorted)
	slices.Reverse(got)
	slices.SortFunc(got, CompareNames)
	if diff := cmp.Diff(sorted, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
