package planner_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// everything is a fleet and a world that need every kind of change.
const everything = `
owns: ["x-*"]
unlisted: delete
protect: [kept]
guards: {max_deletes: 5, max_changes: 100%, max_monthly_cost: 499.5, max_cost_increase: 20%}
servers:
  new: {plan: standard, os: ubuntu, location: us-west, hostname: new.example.com, ssh_key: deploy, backups_enabled: true, status: stopped}
  named: {renamed_from: former}
  patched: {hostname: p.example.com, reboot_on: [hostname]}
  put: {id: 40, hostname: put.example.com, backups_enabled: false}
  up: {status: active}
  down: {status: stopped}
  first: {plan: performance, replace: delete-first, hostname: f}
  second: {os: debian, replace: create-first, backups_enabled: false}
  kept: {absent: true}
  stuck: {hostname: s}
  moving: {status: active}
`

var everythingLive = []string{"2 former active", "3 patched active host=q", "40 other stopped host=<b> backups=on", "5 up stopped", "6 down active",
	"7 first active host=g", "8 second active backups=on", "9 kept active", "10 stuck suspended", "11 x-1 active", "12 moving stopping", "13 Up active"}

func encode(t testing.TB, p *planner.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := planner.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPlanReadsBackToTheSamePlan(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	kinds := p.Count()
	for _, a := range planner.Actions {
		if kinds[a] == 0 {
			t.Errorf("the example has no %s", a)
		}
	}
	checkReadsBack(t, p)
	checkReadsBack(t, p.Only([]planner.Action{planner.ActionUpdate, planner.ActionStop}))
}

func checkReadsBack(t *testing.T, p *planner.Plan) {
	t.Helper()
	doc := encode(t, p)
	back, err := planner.Decode(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, back, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(fleet.Limit{}, "Pos"), cmpopts.IgnoreFields(fleet.CostLimit{}, "Pos")); d != "" {
		t.Errorf("-before +after\n%s", d)
	}
	if again := encode(t, back); again != doc {
		t.Errorf("written again it differs:\n%s", cmp.Diff(doc, again))
	}
	if describe(back) != describe(p) || back.Digest() != p.Digest() {
		t.Error("the plan read back is another plan")
	}
}

// A digest that people have approved, and a plan that they have saved, are those of a
// later version too.
func TestDigestsStay(t *testing.T) {
	for name, test := range map[string]struct {
		p                *planner.Plan
		digest, checksum string
	}{
		"everything": {diff(t, everything, everythingLive...), "c67c584c385e219dd376ecf821d66668", "384c9cdc34f4847789511e32f64b9fb2"},
		"policies":   {diff(t, policies, policiesLive...), "eb4d8341f34dffd9c57546dc0dff8b70", "ff28b8288d6045a0aab7055100126401"},
		"narrowed":   {diff(t, policies, policiesLive...).Only([]planner.Action{planner.ActionReboot, planner.ActionUpdate, planner.ActionStop}), "fa8047c1444b93389f949f81d0382e55", "c7aa36e1772a19499011963eae9e8f9d"},
	} {
		if got := test.p.Digest(); got != test.digest {
			t.Errorf("the digest of %s is %s, was %s", name, got, test.digest)
		}
		if !strings.Contains(encode(t, test.p), `"checksum": "`+test.checksum+`"`) {
			t.Errorf("the plan of %s is written in another way:\n%s", name, encode(t, test.p)[:200])
		}
	}
}

// Sentences are for people: who rewords one has not edited the plan.
func TestSentencesAreNotPartOfThePlan(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	var doc bytes.Buffer
	if err := planner.Encode(&doc, p, func(name string, r planner.Reason) (message, hint string) {
		return name + " is told", "a hint for " + string(r.Code)
	}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"message":"new is told"`, `"message": "kept is told"`, `"hint": "a hint for protected"`} {
		if !strings.Contains(doc.String(), want) {
			t.Errorf("the document has no %s", want)
		}
	}
	for _, text := range []string{doc.String(), strings.ReplaceAll(doc.String(), "told", "worded anew"), encode(t, p)} {
		if back, err := planner.Decode(strings.NewReader(text)); err != nil || back.Digest() != p.Digest() {
			t.Errorf("%v", err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	doc := encode(t, diff(t, everything, everythingLive...))
	for _, test := range []struct{ name, old, new, want string }{
		{"another version", `"format_version": 2`, `"format_version": 1`, "format_version is 1"},
		{"no plan", doc, "hello", "not a plan"},
		{"half a plan", doc, doc[:len(doc)/2], "not a plan"},
		{"more after the plan", doc, doc + "{}", "not a plan"},
		{"one of two ids edited", `"id":"11"`, `"id":"12"`, "edited"},
		{"an edited id", `"id":"5","reason"`, `"id":"6","reason"`, "edited"},
		{"an edited old value", `"from":"q"`, `"from":"r"`, "edited"},
		{"an edited guard", `"max_deletes": "5"`, `"max_deletes": "99"`, "edited"},
		{"an edited scope", `"total": `, `"total": 9`, "edited"},
		{"an edited reason", `"code":"power"`, `"code":"absent"`, "edited"},
		{"an edited account", `"account": "ops@example.com"`, `"account": "eve@example.com"`, "edited"},
		{"an edited endpoint", "https://api.example.com", "https://api.example.org", "edited"},
		{"an unknown key", `"account":`, `"acount":`, "edited"},
		{"an unknown action", `"action":"start"`, `"action":"explode"`, "unknown action"},
		{"no action", `"action":"start",`, ``, "unknown action"},
		{"a delete of no server", `{"action":"delete","name":"x-1","id":"11"`, `{"action":"delete","name":"x-1","id":""`, "edited"},
		{"an update of what cannot be updated", `"field":"hostname","from":"q"`, `"field":"location","from":"q"`, "edited"},
		{"a create without a plan", `"spec":{"plan":{"id":"1","name":"standard"}`, `"spec":{"plan":{"id":""}`, "edited"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(doc, test.old) {
				t.Fatalf("the document has no %s:\n%s", test.old, doc)
			}
			_, err := planner.Decode(strings.NewReader(strings.Replace(doc, test.old, test.new, 1)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestDigestCountsWhatIsDoneAndNothingElse(t *testing.T) {
	base := diff(t, everything, everythingLive...)
	same := diff(t, strings.ReplaceAll(everything, "\n  new:", "\n\n  new:"), everythingLive...) // other reasons, at other lines
	if base.Digest() != same.Digest() {
		t.Error("the digest depends on where the file says a thing")
	}
	for _, live := range []string{"3 patched active host=r", "5 up starting", "11 x-1 stopped", "7 first active host=h", "40 other stopped backups=off"} {
		changed := append([]string(nil), everythingLive...)
		for i, l := range changed {
			if strings.Fields(l)[0] == strings.Fields(live)[0] {
				changed[i] = live
			}
		}
		if diff(t, everything, changed...).Digest() == base.Digest() {
			t.Errorf("the digest does not see %s", live)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(encode(f, diff(f, everything, everythingLive...))))
	f.Add([]byte(encode(f, diff(f, "servers: {}"))))
	f.Add([]byte(`{"format_version":2,"changes":[{"action":"start","from":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := planner.Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		once := encode(t, p)
		back, err := planner.Decode(strings.NewReader(once))
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, once)
		}
		if twice := encode(t, back); once != twice {
			t.Errorf("written twice it differs:\n%s", cmp.Diff(once, twice))
		}
	})
}
