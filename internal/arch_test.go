// Package internal_test holds the arrows between the packages.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/vps-fleet/fleet"

// arrows are the packages and what of this module each may import, tests aside.
var arrows = map[string][]string{
	".":                         {"internal/cli"},
	"docs":                      {},
	"fleet":                     {},
	"planner":                   {"fleet"},
	"planner/estimate":          {"planner"},
	"vpsorg":                    {},
	"vpsorg/emulator":           {"vpsorg", "internal/files"},
	"apply":                     {"fleet", "planner", "vpsorg", "apply/deeds", "apply/health", "apply/observe", "apply/poll", "apply/rollout"},
	"apply/deeds":               {"fleet", "planner"},
	"apply/health":              {"fleet", "apply/rollout"},
	"apply/observe":             {"fleet", "planner", "vpsorg", "apply/deeds"},
	"apply/poll":                {"planner"},
	"apply/rollout":             {"fleet", "planner", "apply/deeds"},
	"internal/importer":         {"fleet", "planner"},
	"internal/render":           {"fleet", "planner", "planner/estimate", "apply", "apply/deeds", "apply/rollout", "internal/importer", "internal/inventory", "internal/state"},
	"internal/help":             {"docs", "internal/render"},
	"internal/ci":               {"fleet", "planner", "internal/render"},
	"internal/inventory":        {"fleet", "planner"},
	"internal/metrics":          {"planner", "apply", "apply/rollout", "internal/render"},
	"internal/probe":            {"fleet", "apply"},
	"internal/probe/emulated":   {"fleet", "apply", "vpsorg/emulator"},
	"internal/files":            {},
	"internal/goldenfile":       {},
	"internal/installed":        {},
	"internal/state":            {"planner", "apply", "apply/deeds", "apply/observe", "apply/rollout", "internal/files"},
	"internal/state/statetest":  {"fleet", "planner", "apply", "apply/deeds", "apply/observe", "apply/rollout", "internal/state"},
	"internal/state/bucket":     {"internal/state"},
	"internal/state/location":   {"internal/state", "internal/state/bucket", "internal/state/postgres"},
	"internal/state/postgres":   {"internal/state"},
	"internal/state/servertest": {"internal/installed"},
	"internal/bench":            {"vpsorg", "vpsorg/emulator", "internal/state/location"},
	"internal/manual":           {"internal/cli"},
	"internal/mutants":          {},
	"internal/race":             {},
	"internal/recipes":          {},
	"internal/simulator":        {"fleet", "planner", "apply", "vpsorg", "vpsorg/emulator"},
	"internal/cli":              {"docs", "fleet", "planner", "planner/estimate", "apply", "apply/rollout", "vpsorg", "vpsorg/emulator", "internal/ci", "internal/help", "internal/importer", "internal/inventory", "internal/render", "internal/metrics", "internal/probe", "internal/probe/emulated", "internal/state", "internal/state/location", "internal/files"},
}

// offline are the packages that cannot reach the network, whatever they do.
var offline = []string{"fleet", "planner", "planner/estimate", "apply/deeds", "apply/health", "apply/poll", "apply/rollout", "internal/ci", "internal/importer", "internal/inventory", "internal/render", "internal/metrics"}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		pkg := path.Dir(file)
		allowed, known := arrows[pkg]
		if !known {
			t.Errorf("%s is in a package that nobody has drawn an arrow for", file)
		}
		seen[pkg] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			ours, isOurs := strings.CutPrefix(imported, module+"/")
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", file, ours)
			}
			if strings.HasPrefix(imported, "net") && imported != "net/netip" && slices.Contains(offline, pkg) {
				t.Errorf("%s imports %s", file, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range arrows {
		if !seen[pkg] && pkg != "internal/simulator" {
			t.Errorf("package %s is gone", pkg)
		}
	}
}
