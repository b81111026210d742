package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// schema is one of those that the documentation gives.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conforms(t *testing.T, s *jsonschema.Schema, document []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// The documents are what their schemas say: with all that there can be in them,
// with nothing, and with whatever text the API sends.
func TestSchemas(t *testing.T) {
	plans := map[string]*planner.Plan{"everything": everything(), "empty": {}, "many": manyServers(70), "rolled": rolledPlan(t)}
	results := map[string]*apply.Result{"everything": mixedResult(), "empty": {}, "many": {Interrupted: true}, "rolled": rolledResult(rolledPlan(t))}
	plans["everything"].Blocked = blockedForEverything()
	full := plans["many"]
	full.Changes[0].(*planner.Create).Spec.BackupsEnabled = ptr(true)
	for _, c := range full.Changes {
		if r, ok := c.(*planner.Replace); ok {
			r.NextID, r.FailedID, r.Finish, r.Old.BackupsEnabled = "9", "8", r.Fields, ptr(false)
		}
	}
	planSchema, resultSchema := schema(t, "plan"), schema(t, "result")
	for name, p := range plans {
		var plan, result bytes.Buffer
		if err := errors.Join(PlanJSON(&plan, p), ResultJSON(&result, p, results[name], Requests{Kinds: []KindCount{{"list", 3}}, Throttled: 1})); err != nil {
			t.Fatal(err)
		}
		if err := conforms(t, planSchema, plan.Bytes()); err != nil {
			t.Errorf("the plan of %s: %v", name, err)
		}
		if err := conforms(t, resultSchema, result.Bytes()); err != nil {
			t.Errorf("the result of %s: %v", name, err)
		}
	}
}

// blockedForEverything has every kind of reason.
func blockedForEverything() (blocked []planner.Blocked) {
	for _, s := range sentences {
		blocked = append(blocked, planner.Blocked{Name: "web-1", IDs: []string{"1"}, Reason: s.reason})
	}
	return blocked
}

// A schema that says too little would accept anything.
func TestSchemasRefuse(t *testing.T) {
	s := schema(t, "plan")
	var whole bytes.Buffer
	if err := PlanJSON(&whole, everything()); err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{`"format_version": 2`, `"format_version": 1`},
		{`"action":"delete"`, `"action":"destroy"`},
		{`"action":"delete"`, `"action":"create"`},
		{`"reason": {`, `"because": {`},
		{`"code": "`, `"code": "X`},
		{`"old":{`, `"old":{"extra":1,`},
		{`"field":"hostname"`, `"field":"colour"`},
		{`"waits": [`, `"waits": [{},`},
		{`"max_changes": "30%"`, `"max_changes": 30`},
		{`"checksum": "`, `"checksum": "x`},
		{`"from":"stopped"`, `"from":false`},
	} {
		edited := strings.Replace(whole.String(), edit[0], edit[1], 1)
		if edited == whole.String() {
			t.Errorf("%s is not in the document", edit[0])
		}
		if conforms(t, s, []byte(edited)) == nil {
			t.Errorf("%s in the place of %s is accepted", edit[1], edit[0])
		}
	}
}

// Every field of the schemas is one that a document can have.
func TestSchemaFieldsExist(t *testing.T) {
	var documents bytes.Buffer
	p := manyServers(70)
	for _, c := range p.Changes {
		if r, ok := c.(*planner.Replace); ok {
			r.NextID, r.FailedID, r.Finish, r.Old.BackupsEnabled = "9", "8", r.Fields, ptr(false)
		}
	}
	p.Changes = append(p.Changes, everything().Changes...)
	p.Waits = append(p.Waits, planner.Wait{Name: "db-02", ID: "7", From: "active", To: "active", Drained: time.Unix(1e9, 0), Disrupted: time.Unix(1e9, 0)})
	p.Notes = append(p.Notes, planner.Note{Name: "db-01", Reason: planner.Reason{Code: planner.CodeUnshown, Since: time.Unix(1e9, 0)}})
	p.Blocked, p.Cost.Labels = blockedForEverything(), priced().Cost.Labels
	rolled := rolledPlan(t)
	result := rolledResult(rolled)
	result.Groups = append(result.Groups, rollings[0].group)
	if err := ResultJSON(&documents, rolled, result, Requests{}); err != nil {
		t.Fatal(err)
	}
	if err := ResultJSON(&documents, p, mixedResult(), Requests{Kinds: []KindCount{{"list", 3}}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plan", "result"} {
		fieldsExist(t, name, documents.String())
	}
}

// fieldsExist holds that a document has each field of a schema.
func fieldsExist(t *testing.T, name, documents string) {
	t.Helper()
	data, err := os.ReadFile("../../docs/" + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		m, _ := v.(map[string]any)
		properties, _ := m["properties"].(map[string]any)
		for field := range properties {
			if !strings.Contains(documents, `"`+field+`":`) {
				t.Errorf("%s.schema.json: no document of %s has %s: set it there", name, t.Name(), field)
			}
		}
		for _, v := range m {
			walk(v)
		}
		list, _ := v.([]any)
		for _, v := range list {
			walk(v)
		}
	}
	walk(v)
}
