package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// everyone is in scope.
func everyone(string) bool { return true }

// Each run begins with the world as somebody has left it; a day is what was found
// and, after →, what the run does about it.
func TestRepeatedCorrections(t *testing.T) {
	for _, test := range []struct {
		name, file string
		days       []string
	}{
		{"the same, again and again", "w: {hostname: b}", []string{
			"host=a → update", "host=a → update", "host=a → update", "host=a → blocked", "host=a → blocked"}},
		{"until the drift changes", "w: {hostname: b}", []string{
			"host=a → update", "host=a → update", "host=a → update", "host=a → blocked", "host=c → update", "host=a → update"}},
		{"until it is over", "w: {hostname: b}", []string{
			"host=a → update", "host=a → update", "host=a → update", "host=a → blocked", "host=b →", "host=a → update"}},
		{"not in a row", "w: {hostname: b}", []string{
			"host=a → update", "host=a → update", "host=b →", "host=a → update", "host=a → update"}},
		{"one field among others", "w: {hostname: b, backups_enabled: true}", []string{
			"host=a backups=on → update", "host=a backups=off → update", "host=a backups=on → update", "host=a backups=off → blocked"}},
		{"power", "w: {status: active}", []string{"stopped → start", "stopped → start", "stopped → start", "stopped → blocked"}},
		{"a server that is deleted each time", "w: {plan: 1, os: 5, location: us-west}", []string{"gone → create", "gone → create", "gone → create", "gone → blocked"}},
		{"with its reboot", "w: {hostname: b, reboot_on: [hostname]}", []string{
			"host=a → update reboot", "host=a → update reboot", "host=a → update reboot", "host=a → blocked blocked"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var past []planner.Correction
			for i, day := range test.days {
				found, want, _ := strings.Cut(day, " →")
				p := diff(t, "servers: {"+test.file+"}", liveLine(found)...)
				rest := p.BlockCorrected(past, 3)
				var got strings.Builder
				for _, c := range rest.Changes {
					fmt.Fprintf(&got, " %s", c.Action())
				}
				got.WriteString(strings.Repeat(" blocked", len(rest.Blocked)))
				if got.String() != want {
					t.Fatalf("day %d: %q →%s, want →%s\n%s", i+1, found, &got, want, describe(rest))
				}
				past = planner.CountCorrections(past, p.Changes, rest.Changes, everyone)
			}
		})
	}
}

// liveLine is the one server of a world: "gone", a status, or some fields.
func liveLine(words string) []string {
	switch words {
	case "gone":
		return nil
	case "stopped":
		return []string{"1 w stopped"}
	}
	return []string{"1 w active " + words}
}

func TestRepeatedCorrectionIsExplained(t *testing.T) {
	p := diff(t, "servers: {w: {hostname: b}}", "1 w active host=a")
	past := planner.CountCorrections(nil, p.Changes, p.Changes, everyone)
	for _, after := range []int{0, 2} {
		if rest := p.BlockCorrected(past, after); len(rest.Blocked) > 0 {
			t.Errorf("after %d: %s", after, describe(rest))
		}
	}
	b := p.BlockCorrected(past, 1).Blocked
	want := []planner.Blocked{{Name: "w", IDs: []string{"1"}, Reason: planner.Reason{Code: planner.CodeCorrected, Count: 1, Action: planner.ActionUpdate,
		Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text("a"), To: planner.Text("b")}}}}}
	if d := cmp.Diff(want, b); d != "" {
		t.Error(d)
	}
}

// What a run did not do counts neither as a correction nor as peace, and what it
// did not compare stays as it was.
func TestOnlyWhatWasDoneCounts(t *testing.T) {
	p := diff(t, "servers: {v: {hostname: b}, w: {hostname: b}}", "1 v active host=a", "2 w active host=a")
	past := planner.CountCorrections(nil, p.Changes, p.Changes, everyone)
	failed := planner.CountCorrections(past, p.Changes, p.Changes[:1], everyone)
	if got := times(failed); got != "v:2 w:1" {
		t.Error(got)
	}
	justW := func(name string) bool { return name == "w" }
	if got := times(planner.CountCorrections(past, nil, nil, justW)); got != "v:1" {
		t.Error(got)
	}
}

func times(past []planner.Correction) string {
	var all []string
	for _, c := range past {
		all = append(all, fmt.Sprintf("%s:%d", c.Name, c.Times))
	}
	return strings.Join(all, " ")
}
