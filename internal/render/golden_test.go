package render

import (
	"testing"

	"github.com/vps-fleet/fleet/internal/goldenfile"
)

// golden holds text against testdata/NAME.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	goldenfile.Compare(t, "testdata/"+name+".golden", got)
}
