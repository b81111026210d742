package ci

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, d)
	}
}

// evil is what somebody may name a server, hoping that a pipeline obeys it.
const evil = "web\r\n::error file=a,title=b::c%0A\nchanges=true\n##[add-mask]x\x1b[2J\u202e"

// plan has two creates, a replacement and one each of the other changes, and
// entries that are blocked at a line, in a file with an odd name, and nowhere.
func plan() *planner.Plan {
	about := planner.Subject{Name: evil, ID: evil, Reason: evil}
	return &planner.Plan{
		Account: "ops@example.com", Endpoint: "https://api.example.com/api/v1",
		Changes: []planner.Change{
			&planner.Create{Subject: about}, &planner.Create{Subject: planner.Subject{Name: "web-02"}}, &planner.Update{Subject: about},
			&planner.Replace{Subject: about, Mode: fleet.ReplaceDeleteFirst}, &planner.Power{Subject: about, Verb: planner.ActionStart},
			&planner.Power{Subject: about, Verb: planner.ActionStop}, &planner.Power{Subject: about, Verb: planner.ActionReboot}, &planner.Delete{Subject: about},
		},
		Blocked: []planner.Blocked{
			{Name: "db-01", Reason: "plan is 2, not 1, which the API cannot change", Hint: "write replace: delete-first", At: "fleet.yaml:14:9"},
			{Name: evil, Reason: evil, Hint: evil, At: "a,b:c%.yaml:2:1"},
			{Name: "gone", Reason: "to be deleted, but its status is \"error\"", At: ""},
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
	golden(t, "github_output", string(GitHubOutputs(plan())))
	golden(t, "fleet.env", string(GitLabDotenv(plan())))
	golden(t, "terraform.json", string(GitLabTerraform(plan())))
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
	golden(t, "annotations", Annotations(FromProblems(problems))+Annotations(FromPlan(plan())))
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
		line := 4 + i%2
		p.Blocked = append(p.Blocked, planner.Blocked{Name: fmt.Sprint("web-", i), Reason: "plan differs", At: fmt.Sprintf("fleet.yaml:%d:3", line)})
	}
	p.Blocked = append(p.Blocked, planner.Blocked{Name: "db-1", Reason: "plan differs", Hint: "wait", At: "fleet.yaml:4:3"})
	want := []Finding{
		{Pos: fleet.Pos{File: "fleet.yaml", Line: 4, Column: 3}, Warning: true, Title: "blocked: 20 servers", Text: "plan differs"},
		{Pos: fleet.Pos{File: "fleet.yaml", Line: 5, Column: 3}, Warning: true, Title: "blocked: 20 servers", Text: "plan differs"},
		{Pos: fleet.Pos{File: "fleet.yaml", Line: 4, Column: 3}, Warning: true, Title: "blocked: db-1", Text: "plan differs\nhint: wait"},
	}
	if d := cmp.Diff(want, FromPlan(&p)); d != "" {
		t.Errorf("findings differ (-want +got):\n%s", d)
	}
}

func TestCodeQuality(t *testing.T) {
	report := string(GitLabCodeQuality(append(FromProblems(problems), FromPlan(plan())...)))
	golden(t, "codequality.json", report)
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

func TestPosition(t *testing.T) {
	for at, want := range map[string]fleet.Pos{
		"fleet.yaml:3:5": {File: "fleet.yaml", Line: 3, Column: 5},
		"C:\\f.yaml:3:5": {File: "C:\\f.yaml", Line: 3, Column: 5},
		"fleet.yaml":     {}, "fleet.yaml:3": {}, "fleet.yaml:3:x": {}, "": {},
	} {
		if got := position(at); got != want {
			t.Errorf("%q is %v", at, got)
		}
	}
}
