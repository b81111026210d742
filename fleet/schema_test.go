package fleet

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

const schemaFile = "../docs/fleet.schema.json"

var examples = []string{"../examples/quickstart/fleet.yaml", "../examples/features.yaml", "../examples/ranges.yaml", "../examples/rollouts/fleet.yaml"}

func validate(t *testing.T, schema *jsonschema.Schema, file string) error {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(asJSON(v))
}

// asJSON gives dates as JSON and editors have them: as text.
func asJSON(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.DateOnly)
	case []any:
		for i := range v {
			v[i] = asJSON(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = asJSON(v[key])
		}
	}
	return v
}

func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range examples {
		if err := validate(t, schema, file); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	bad := []string{
		"absent-with-fields", "account", "bad-ids", "bad-ranges", "booleans", "choices", "guards", "guards-cost", "hostnames",
		"long-line", "look-alike", "nulls", "own-fields-in-defaults", "patterns", "placeholders", "probes", "references", "rollouts",
		"servers-list", "servers-null", "unknown-keys", "version-2", "version-missing", "windows", "wrong-types",
	}
	for _, name := range bad {
		if validate(t, schema, "testdata/bad/"+name+".yaml") == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

// TestSchemaKeys keeps the schema and the reader at the same keys.
func TestSchemaKeys(t *testing.T) {
	type object struct {
		Properties map[string]struct{ Properties map[string]any }
		Defs       map[string]object `json:"$defs"`
	}
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema object
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	fields := make([]string, 0, len(entryFields))
	for _, f := range entryFields {
		fields = append(fields, string(f))
	}
	same := func(what string, got, want []string) {
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -reader +schema\n%s", what, diff)
		}
	}
	same("top", slices.Collect(maps.Keys(schema.Properties)), topKeys)
	same("entry", slices.Collect(maps.Keys(schema.Defs["entry"].Properties)), fields)
	same("catalog", slices.Collect(maps.Keys(schema.Properties["catalog"].Properties)), catalogKeys)
	same("guards", slices.Collect(maps.Keys(schema.Properties["guards"].Properties)), guardKeys)
	same("rollout", slices.Collect(maps.Keys(schema.Defs["rollout"].Properties)), rolloutKeys)
	same("window", slices.Collect(maps.Keys(schema.Defs["window"].Properties)), windowKeys)
	same("freeze", slices.Collect(maps.Keys(schema.Defs["freeze"].Properties)), freezeKeys)
	same("probe", slices.Collect(maps.Keys(schema.Defs["probe"].Properties)), probeKinds)
	same("hook", slices.Collect(maps.Keys(schema.Defs["hook"].Properties)), hookKeys)
	same("defaults", slices.Collect(maps.Keys(schema.Properties["defaults"].Properties)),
		slices.DeleteFunc(fields, func(f string) bool { return f == "id" || f == "renamed_from" || f == "absent" }))
}
