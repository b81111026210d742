package render

import (
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/importer"
	"github.com/vps-fleet/fleet/planner"
)

// Each reason has a sentence of its own, and no name is obeyed by a terminal.
func TestLeftSentences(t *testing.T) {
	whys := []importer.Why{importer.WhyStatus, importer.WhyName, importer.WhyNext, importer.WhyDuplicate, importer.WhyUnclear, importer.WhyTaken,
		importer.WhyCase, importer.WhyRenamed, importer.WhyID, importer.WhyField, importer.WhyMissing, importer.WhyRename, importer.WhyOther}
	seen := map[string]importer.Why{}
	for _, why := range whys {
		l := importer.Left{Why: why, Server: planner.Server{ID: "7", Name: "evil\x1b[2J\u202e", Status: "odd\x1b"}, Field: fleet.FieldOS, Other: "b\x1b", At: fleet.Pos{File: "f\x1b.yaml", Line: 4, Column: 3}}
		s := leftSentence(l)
		if other, twice := seen[s]; twice {
			t.Errorf("%s and %s are told alike: %s", why, other, s)
		}
		seen[s] = why
		if strings.ContainsAny(s, "\x1b\u202e") || !strings.Contains(s, `evil\x1b[2J\u202e (7)`) || !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, ":") {
			t.Errorf("%s: %q", why, s)
		}
	}
}

func TestImported(t *testing.T) {
	r := &importer.Result{
		Servers: make([]planner.Server, 2), Entries: 1, Existing: 3,
		Left:      []importer.Left{{Why: importer.WhyDuplicate, Server: planner.Server{ID: "8", Name: "a"}, Other: "7", Lines: "  a-2: { id: 8 }\n"}},
		Unmanaged: []importer.Unmanaged{{Name: "a", Field: fleet.FieldHostname, Value: "my\x1b_host"}},
		Inherited: []importer.Inherited{{Name: "a", Field: fleet.FieldOS, From: fleet.Pos{File: "f.yaml", Line: 4, Column: 3}}},
	}
	const left = "Left out: a (8) has the name of server 7, and no two entries have one name. This entry renames it:\n  a-2: { id: 8 }\n"
	for got, want := range map[string]string{
		Imported(r, Style{}): "2 servers in 1 entry. Listed already: 3.\nNot managed: hostname of a, since a fleet file takes no such value: \"my\\x1b_host\".\n" + left,
		Accepted(r, Style{}): "2 servers in 1 entry.\n" + left, Inherited(r): "# os of a came from f.yaml:4:3, and is written in its entry now.\n",
		Imported(&importer.Result{}, Style{}): "Nothing to import.\n", Accepted(&importer.Result{}, Style{}): "Nothing to accept.\n",
		Imported(&importer.Result{Existing: 1}, Style{}): "Nothing to import: every server that can be listed is.\n",
	} {
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
