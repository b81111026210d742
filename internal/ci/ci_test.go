package ci

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/goldenfile"
	"github.com/vps-fleet/fleet/planner"
)

// evil is what somebody may name a server, hoping that a pipeline obeys it.
const evil = "web\r\n::error file=a,title=b::c%0A\nchanges=true\n##[add-mask]x\x1b[2J\u202e"

// at is a place in the fleet file.
func at(line, column int) fleet.Pos { return fleet.Pos{File: "fleet.yaml", Line: line, Column: column} }

var differs = []planner.FieldChange{{Field: fleet.FieldPlan, From: planner.Reference(planner.Named{ID: "2"}), To: planner.Reference(planner.Named{ID: "1"})}}

// plan has two creates, a replacement and one each of the other changes, and
// entries that are blocked at a line, in a file with an odd name, and nowhere.
func plan() *planner.Plan {
	about := planner.Subject{Name: evil, ID: evil}
	return &planner.Plan{
		Account: "ops@example.com", Endpoint: "https://api.example.com/api/v1",
		Changes: []planner.Change{
			&planner.Create{Subject: about}, &planner.Create{Subject: planner.Subject{Name: "web-02"}}, &planner.Update{Subject: about},
			&planner.Replace{Subject: about, Mode: fleet.ReplaceDeleteFirst}, &planner.Power{Subject: about, Verb: planner.ActionStart},
			&planner.Power{Subject: about, Verb: planner.ActionStop}, &planner.Power{Subject: about, Verb: planner.ActionReboot}, &planner.Delete{Subject: about},
		},
		Blocked: []planner.Blocked{
			{Name: "db-01", Reason: planner.Reason{Code: planner.CodeNeedsReplace, Fields: differs, At: []fleet.Pos{at(14, 9)}, Allow: at(12, 3)}},
			{Name: evil, Reason: planner.Reason{Code: planner.CodeNextDiffers, Servers: []planner.Other{{ID: evil, Name: evil}}, Fields: differs, At: []fleet.Pos{{File: "a,b:c%.yaml", Line: 2, Column: 1}}}},
			{Name: "gone", Reason: planner.Reason{Code: planner.CodeStatus, Status: "error", Action: planner.ActionDelete, Cause: planner.CodeUnlisted}},
		},
		Unlisted: []planner.Server{{ID: "1", Name: evil}},
	}
}

var problems = fleet.Problems{
	{Pos: fleet.Pos{File: "fleet.yaml", Line: 3, Column: 5}, Message: `unknown key "hostnam"`, Hint: `did you mean "hostname"?`},
	{Pos: fleet.Pos{File: "fleet.yaml", Line: 9, Column: 5}, Message: `unknown key "hostnam"`, Hint: `did you mean "hostname"?`},
	{Pos: fleet.Pos{File: "fleet.yaml"}, Message: "too many problems; the rest was not read"},
	{Message: "no file has servers"},
}

func TestOutputs(t *testing.T) {
	goldenfile.Compare(t, "testdata/github_output", string(GitHubOutputs(plan())))
	goldenfile.Compare(t, "testdata/fleet.env", string(GitLabDotenv(plan())))
	goldenfile.Compare(t, "testdata/terraform.json", string(GitLabTerraform(plan())))
	if got := string(GitHubOutputs(&planner.Plan{})); !strings.HasPrefix(got, "changes=false\ndigest=") {
		t.Errorf("nothing to do is told as\n%s", got)
	}
}

// Whatever a server is named, it makes no line of its own, in no file and no log.
func TestNothingIsInjected(t *testing.T) {
	for _, text := range []string{string(GitHubOutputs(plan())), string(GitLabDotenv(plan()))} {
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			if strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz_") != "" || strings.ContainsAny(value, " \r\n=:#") {
				t.Errorf("a line is %q", line)
			}
		}
	}
	for line := range strings.Lines(Annotations(append(FromPlan(plan()), FromProblems(problems)...))) {
		if !strings.HasPrefix(line, "::warning ") && !strings.HasPrefix(line, "::error ") || strings.ContainsAny(line, "\r\x1b\u202e") {
			t.Errorf("a line is %q", line)
		}
	}
}

func TestAnnotations(t *testing.T) {
	goldenfile.Compare(t, "testdata/annotations", Annotations(FromProblems(problems))+Annotations(FromPlan(plan())))
	var many []Finding
	for i := range 2 * maxAnnotations {
		many = append(many, Finding{Text: fmt.Sprint(i)}, Finding{Warning: true, Text: fmt.Sprint(i)})
	}
	if n := strings.Count(Annotations(many), "\n"); n != 2*maxAnnotations {
		t.Errorf("%d lines are written", n)
	}
}

// What is said of many servers of one range is said once, of each line.
func TestAlikeFindingsAreOne(t *testing.T) {
	var p planner.Plan
	for i := range 40 {
		p.Blocked = append(p.Blocked, planner.Blocked{Name: fmt.Sprint("web-", i), Reason: planner.Reason{Code: planner.CodeNextUnfit,
			Servers: []planner.Other{{ID: fmt.Sprint(i), Name: fmt.Sprintf("web-%d--next", i)}}, At: []fleet.Pos{at(4+i%2, 3)}}})
	}
	p.Blocked = append(p.Blocked, planner.Blocked{Name: "db-1", Reason: planner.Reason{Code: planner.CodeUnread, Keys: []fleet.Field{fleet.FieldBackupsEnabled}, At: []fleet.Pos{at(4, 3)}}})
	const unfit = "to be replaced, but {name}--next exists and is not what the replacement needs\nhint: look at server {name}--next, and delete it if nothing on it is needed"
	want := []Finding{
		{Pos: at(4, 3), Warning: true, Title: "blocked: 20 servers", Text: unfit},
		{Pos: at(4, 3), Warning: true, Title: "blocked: db-1", Text: "the API does not tell backups_enabled of this server\nhint: leave backups_enabled out of the entry"},
		{Pos: at(5, 3), Warning: true, Title: "blocked: 20 servers", Text: unfit},
	}
	if d := cmp.Diff(want, FromPlan(&p), cmpopts.IgnoreFields(Finding{}, "Same")); d != "" {
		t.Errorf("findings differ (-want +got):\n%s", d)
	}
}

func TestCodeQuality(t *testing.T) {
	report := string(GitLabCodeQuality(append(FromProblems(problems), FromPlan(plan())...)))
	goldenfile.Compare(t, "testdata/codequality.json", report)
	var issues []issue
	if err := json.Unmarshal([]byte(report), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, is := range issues {
		if seen[is.Fingerprint] {
			t.Errorf("two findings have the fingerprint %s", is.Fingerprint)
		}
		seen[is.Fingerprint] = true
	}
	if got := string(GitLabCodeQuality(nil)); got != "[]\n" {
		t.Errorf("no findings are %q", got)
	}
}
