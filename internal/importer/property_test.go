package importer

import (
	"reflect"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"pgregory.net/rapid"
)

func parse(t *rapid.T, texts ...fleet.Text) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Parse(texts...)
	if err != nil {
		t.Fatalf("%v in\n%s", err, texts[0].Data)
	}
	return f
}

// TestNewFileProperty imports random accounts: the plan of what comes out is empty,
// each server is listed or left out with a reason, and a second import changes nothing.
// Some of them write each field that a server shows.
func TestNewFileProperty(t *testing.T) {
	written := make(map[string]bool)
	rapid.Check(t, func(t *rapid.T) {
		o := drawWorld(t)
		r, err := Import(Job{Observation: o, Fleet: new(fleet.Fleet), Into: "fleet.yaml", Owns: []string{"*"}})
		if err != nil {
			t.Fatal(err)
		}
		checkAllTold(t, o, new(fleet.Fleet), r)
		if len(r.Servers) == 0 {
			return
		}
		text := fleet.Text{Name: "fleet.yaml", Data: r.Files[0].New}
		f := parse(t, text)
		if p := planner.Diff(f, o, planner.Selection{}); !p.Empty() || len(p.Blocked) > 0 {
			t.Fatalf("%d changes, %+v blocked with\n%s", len(p.Changes), p.Blocked, text.Data)
		}
		if len(f.Servers) != len(r.Servers) || len(f.Warnings) > 0 {
			t.Fatalf("%d entries for %d servers, %v", len(f.Servers), len(r.Servers), f.Warnings)
		}
		checkNothingMore(t, o, []fleet.Text{text})
		for i := range f.Servers {
			for field, value := range reflect.ValueOf(f.Servers[i]).Fields() {
				written[field.Name] = written[field.Name] || !value.IsZero()
			}
		}
	})
	for field := range reflect.TypeFor[planner.Spec]().Fields() {
		if field.Name != "SSHKey" && !written[field.Name] { // no server shows its key
			t.Errorf("no import writes %s, or drawWorld leaves it out", field.Name)
		}
	}
}

// TestAdditionsProperty imports random accounts into random files: no line that there
// was is lost, every entry says what it said, what is added plans no change, and a
// second import changes nothing.
func TestAdditionsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawWorld(t)
		texts := drawFiles(t, o)
		before := parse(t, texts...)
		into := one(t, "into", append(texts, fleet.Text{Name: "new.yaml"})...).Name
		r, err := Import(Job{Observation: o, Texts: texts, Fleet: before, Into: into})
		if err != nil {
			t.Fatalf("%v\n%s", err, texts[0].Data)
		}
		checkAllTold(t, o, before, r)
		texts = checkTexts(t, texts, r.Files, func(line string) bool { return strings.ContainsAny(line, "{}*") })
		after := parse(t, texts...)
		for _, s := range before.Servers {
			now, ok := after.Lookup(s.Name)
			if !ok {
				t.Fatalf("%s is lost", s.Name)
			}
			same := *now
			s.Source, same.Source = nil, nil
			if !reflect.DeepEqual(s, same) {
				t.Fatalf("%+v\nhas become %+v", s, same)
			}
		}
		imported := map[string]bool{}
		for _, s := range r.Servers {
			imported[s.ID] = true
		}
		for _, c := range planner.Diff(after, o, planner.Selection{}).Changes {
			if imported[c.About().ID] {
				t.Fatalf("%s of %s\n%s", c.Action(), c.About().Name, texts[0].Data)
			}
		}
		checkNothingMore(t, o, texts)
	})
}

// TestAcceptProperty accepts what random accounts have become: what can be written
// differs no more, no other entry changes, and a second time changes nothing.
func TestAcceptProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawWorld(t)
		texts := drawFiles(t, o)
		if r, err := Import(Job{Observation: o, Texts: texts, Fleet: parse(t, texts...), Into: "0.yaml"}); err == nil {
			texts = checkTexts(t, texts, r.Files, func(string) bool { return true })
		}
		for i := range o.Servers {
			if one(t, "changed", "yes", "no", "no") == "yes" {
				name := o.Servers[i].Name
				disturb(t, &o.Servers[i])
				o.Servers[i].Name = one(t, "renamed", name, name, name, name+"-x")
			}
		}
		before := parse(t, texts...)
		pattern := one(t, "pattern", "*", "web-*", "db-1")
		r, err := Accept(Job{Observation: o, Texts: texts, Fleet: before, Patterns: []string{pattern}})
		if err != nil {
			t.Fatalf("%v\n%s", err, texts[0].Data)
		}
		texts = checkTexts(t, texts, r.Files, func(string) bool { return true })
		after := parse(t, texts...)
		left := map[string]bool{}
		for _, l := range r.Left {
			left[l.Server.Name] = true
		}
		for _, x := range planner.FindDrift(after, nil, o, planner.Selection{Targets: []string{pattern}}).Differences {
			if (x.Kind == planner.DriftChanged || x.Kind == planner.DriftPower) && !left[x.Name] {
				t.Fatalf("%s of %s is %s still\n%s", x.Field, x.Name, x.Is, texts[0].Data)
			}
		}
		for _, s := range before.Servers {
			now, ok := after.Lookup(s.Name)
			if !ok {
				t.Fatalf("%s is lost", s.Name)
			}
			same := *now
			s.Source, same.Source = nil, nil
			if !fleet.Match(pattern, s.Name) && !reflect.DeepEqual(s, same) {
				t.Fatalf("%+v\nhas become %+v", s, same)
			}
		}
		again, err := Accept(Job{Observation: o, Texts: texts, Fleet: after, Patterns: []string{pattern}})
		if err != nil || len(again.Files) > 0 {
			t.Fatalf("a second time: %v, %d files", err, len(again.Files))
		}
	})
}

// checkAllTold holds that each server has an entry, old or new, or is left out.
func checkAllTold(t *rapid.T, o planner.Observation, f *fleet.Fleet, r *Result) {
	told := map[string]int{}
	for _, s := range r.Servers {
		told[s.ID]++
	}
	for _, l := range r.Left {
		told[l.Server.ID]++
	}
	for id := range planner.Entries(f, o.Servers) {
		told[id]++
	}
	for _, s := range o.Servers {
		if told[s.ID] != 1 {
			t.Fatalf("%s is told of %d times", s.Name, told[s.ID])
		}
	}
}

// checkTexts holds that the lines of the old texts are in the new ones in their order
// but for those that may change, and that line ends are as they were.
func checkTexts(t *rapid.T, texts []fleet.Text, changed []File, mayChange func(string) bool) []fleet.Text {
	after := append([]fleet.Text(nil), texts...)
	for _, f := range changed {
		found := false
		for i := range after {
			if after[i].Name == f.Name {
				after[i].Data, found = f.New, true
			}
		}
		if !found {
			after = append(after, fleet.Text{Name: f.Name, Data: f.New})
			continue
		}
		before, now := string(f.Old), string(f.New)
		if strings.Contains(before, "\r\n") && strings.Count(now, "\n") != strings.Count(now, "\r\n") {
			t.Fatalf("line ends are mixed in %q", now)
		}
		if strings.HasSuffix(before, "\n") != strings.HasSuffix(now, "\n") || strings.HasPrefix(before, "\ufeff") != strings.HasPrefix(now, "\ufeff") {
			t.Fatalf("the ends have changed: %q", now)
		}
		left := strings.Split(strings.ReplaceAll(now, "\r", ""), "\n")
		for line := range strings.SplitSeq(strings.ReplaceAll(before, "\r", ""), "\n") {
			if line == "" || mayChange(line) {
				continue
			}
			at := -1
			for i, l := range left {
				if l == line {
					at = i
					break
				}
			}
			if at < 0 {
				t.Fatalf("%q is lost in\n%s\nof\n%s", line, now, before)
			}
			left = left[at+1:]
		}
	}
	return after
}

func checkNothingMore(t *rapid.T, o planner.Observation, texts []fleet.Text) {
	r, err := Import(Job{Observation: o, Texts: texts, Fleet: parse(t, texts...), Into: texts[0].Name})
	if err != nil || len(r.Files) > 0 {
		t.Fatalf("a second import: %v, %d files", err, len(r.Files))
	}
}
