package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// drifted is a drift of every kind.
func drifted() *planner.Drift {
	return &planner.Drift{
		Account: "ops@example.com", Endpoint: "https://admin.vps.org/api/v1", Selected: 9,
		Differences: []planner.Difference{
			{Kind: planner.DriftStatus, Name: "db-01", IDs: []string{"12346"}, Field: fleet.FieldStatus, Is: planner.Text("suspended"), At: at(20, 3)},
			{Kind: planner.DriftUnwanted, Name: "old-01", IDs: []string{"12399"}, At: at(60, 5)},
			{Kind: planner.DriftUnlisted, Name: "tmp-1", IDs: []string{"12377"}},
			{Kind: planner.DriftChanged, Name: "web-01", IDs: []string{"12345"}, Field: fleet.FieldHostname, Want: planner.Text("web-01.example.com"), At: at(14, 15)},
			{Kind: planner.DriftChanged, Name: "web-01", IDs: []string{"12345"}, Field: fleet.FieldPlan, Is: planner.Reference(standard), Want: planner.Reference(performance), At: at(15, 11)},
			{Kind: planner.DriftPower, Name: "web-02", IDs: []string{"12347"}, Field: fleet.FieldStatus, Is: planner.Text("stopped"), Want: planner.Text("active"), At: at(16, 5)},
			{Kind: planner.DriftMissing, Name: "web-03", IDs: []string{}, At: at(13, 3)},
			{Kind: planner.DriftUnclear, Name: "web-04", IDs: []string{"12350", "12351"}, At: at(13, 3),
				Reason: planner.Reason{Code: planner.CodeDuplicates, Name: "web-04", Servers: []planner.Other{{ID: "12350"}, {ID: "12351"}}, At: []fleet.Pos{at(13, 3)}}},
		},
		Pending: []planner.Difference{
			{Kind: planner.DriftChanged, Name: "web-05", IDs: []string{"12352"}, Field: fleet.FieldBackupsEnabled, Is: planner.Bool(false), Want: planner.Bool(true), At: at(30, 5)},
		},
	}
}

func TestDrift(t *testing.T) {
	golden(t, "drift", Drift(Run{Drift: drifted(), Plan: new(planner.Plan)}, false, Style{}))
	if got, want := stripColor(Drift(Run{Drift: drifted(), Plan: new(planner.Plan)}, true, Style{Color: true})), Drift(Run{Drift: drifted(), Plan: new(planner.Plan)}, true, Style{}); got != want {
		t.Errorf("without its colours the drift is\n%s\nwant\n%s", got, want)
	}
}

// Many servers that differ alike are one group, apart from those that do not.
func TestAlikeDriftIsOneGroup(t *testing.T) {
	d := &planner.Drift{Account: "ops@example.com", Endpoint: "https://admin.vps.org/api/v1", Selected: 40}
	for i := range 24 {
		name := fmt.Sprintf("web-%02d", i+1)
		ids, at := []string{fmt.Sprint(12345 + i)}, at(10+i/12, 3)
		d.Differences = append(d.Differences,
			planner.Difference{Kind: planner.DriftChanged, Name: name, IDs: ids, Field: fleet.FieldHostname, Is: planner.Text(name + ".old.example"), Want: planner.Text(name + ".example.com"), At: at},
			planner.Difference{Kind: planner.DriftUnlisted, Name: "tmp-" + name, IDs: ids})
		if i%6 == 0 {
			d.Differences = append(d.Differences, planner.Difference{Kind: planner.DriftUnwanted, Name: "old-" + name, IDs: ids, At: at})
		}
		d.Pending = append(d.Pending, planner.Difference{Kind: planner.DriftMissing, Name: fmt.Sprintf("new-%d", i), IDs: []string{}, At: at})
	}
	mixed, plan := driftCase(t)
	golden(t, "drift_mixed", Drift(Run{Drift: mixed, Plan: plan}, false, Style{Width: 100}))
	golden(t, "drift_grouped", Drift(Run{Drift: d, Plan: new(planner.Plan)}, false, Style{}))
}

func TestNoDrift(t *testing.T) {
	pending := drifted().Pending
	for _, test := range []struct {
		selected int
		pending  []planner.Difference
		before   bool
		want     string
	}{
		{3, nil, false, "\nNo drift. 3 servers are as the file says.\n"},
		{1, nil, true, "\nNo drift any more. 1 server is as the file says.\n"},
		{0, nil, false, "\nNo drift.\n"},
		{3, pending, false, "\nNo drift. 1 pending.\n"},
	} {
		got := Drift(Run{Drift: &planner.Drift{Selected: test.selected, Pending: test.pending}, Plan: new(planner.Plan)}, test.before, Style{})
		if !strings.HasSuffix(got, test.want) || strings.Contains(got, "Fingerprint") {
			t.Errorf("%q does not end in %q", got, test.want)
		}
	}
}

func TestHostileDrift(t *testing.T) {
	for what, text := range hostile {
		d := &planner.Drift{Account: text, Endpoint: text}
		for _, k := range planner.DriftKinds {
			d.Differences = append(d.Differences, planner.Difference{Kind: k, Name: text, IDs: []string{text, text}, Field: fleet.Field(text), Is: planner.Text(text), Want: planner.Text(text), At: fleet.Pos{File: text}, Reason: hostileReason(text, planner.CodeDuplicates)})
		}
		d.Pending = d.Differences
		var doc bytes.Buffer
		if err := DriftJSON(&doc, d, false); err != nil {
			t.Fatal(err)
		}
		for l := range strings.SplitSeq(Drift(Run{Drift: d, Plan: new(planner.Plan)}, true, Style{}), "\n") {
			if Escape(l) != l {
				t.Errorf("%s: %q is not safe to show", what, l)
			}
		}
		if strings.ContainsAny(doc.String(), "\x1b\u202e\u009b\u2066") {
			t.Errorf("%s: the document holds what a terminal obeys:\n%q", what, &doc)
		}
	}
}

// The document is what its schema says, and the schema knows every kind of drift.
func TestDriftSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/drift.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*planner.Drift{drifted(), {}} {
		var doc bytes.Buffer
		if err := DriftJSON(&doc, d, true); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
	}
	for _, broken := range []string{`{}`, `{"format_version": 2}`} {
		var value any
		if err := json.Unmarshal([]byte(broken), &value); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("%s is accepted", broken)
		}
	}
}

// The schema knows every field that can differ: plan.schema.json lists them.
func TestDriftSchemaOfEveryField(t *testing.T) {
	drift := schema(t, "drift")
	for _, field := range slices.Concat(planner.FixedFields, planner.MutableFields, []fleet.Field{fleet.FieldStatus}) {
		d := &planner.Drift{Differences: []planner.Difference{{Kind: planner.DriftChanged, Name: "a", IDs: []string{"1"}, Field: field, At: at(13, 3)}}}
		var document bytes.Buffer
		if err := DriftJSON(&document, d, false); err != nil {
			t.Fatal(err)
		}
		if err := conforms(t, drift, document.Bytes()); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// The closing line counts servers as the titles do, not their fields, and says what to do
// next whatever an apply may repair.
func TestDriftTotal(t *testing.T) {
	mixed, plan := driftCase(t)
	missing := &planner.Drift{Differences: []planner.Difference{{Kind: planner.DriftMissing, Name: "web-03", IDs: []string{}, At: at(13, 3)}}}
	for _, test := range []struct {
		run  Run
		want string
	}{
		{Run{Drift: mixed, Plan: plan}, "Drift: 20 extra, 7 to be replaced, 3 blocked, 10 missing, 16 changed, 6 power, 4 unlisted.\n" +
			"Next: fleet plan shows what an apply would do; fleet apply --only update,reboot,start,stop repairs 22 without any loss.\n"},
		{Run{Drift: missing, Plan: new(planner.Plan)}, "Drift: 1 missing.\nNext: fleet plan shows what an apply would do.\n"},
	} {
		if got := Drift(test.run, false, Style{}); !strings.Contains(got, test.want) {
			t.Errorf("%q is not in\n%s", test.want, got)
		}
	}
}
