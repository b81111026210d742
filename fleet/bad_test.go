package fleet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/internal/goldenfile"
)

// TestBadFiles holds what a person reads for each kind of mistake.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("found %d bad files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(Text{"fleet.yaml", data})
			if err == nil {
				t.Fatal("no problem found")
			}
			got := err.Error() + "\n"
			goldenfile.Compare(t, strings.TrimSuffix(file, ".yaml")+".golden", got)
			if strings.ContainsAny(got, "\x1b\x00\r\t") {
				t.Errorf("control characters in %q", got)
			}
		})
	}
}
