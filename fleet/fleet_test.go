package fleet

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameFleet compares what fleets say, not where they say it.
var sameFleet = cmp.Options{cmpopts.IgnoreUnexported(Fleet{}), cmpopts.IgnoreTypes(Pos{})}

func mustParse(t *testing.T, text string) *Fleet {
	t.Helper()
	f, err := Parse(Text{"fleet.yaml", []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func ptr[T any](v T) *T { return &v }

func TestParseFeatures(t *testing.T) {
	f, err := Load("../examples/features.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range f.Servers {
		names = append(names, s.Name)
	}
	want := "batch-a-1 batch-a-3 batch-a-5 batch-b-1 batch-b-3 batch-b-5 batch-c-1 batch-c-3 batch-c-5 cache-01 db-01 old-01 plain-01 " +
		"web-01 web-02 web-03 web-04 web-05 web-06 web-07 web-08 web-09 web-10 web-11 web-12"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("names\n got %s\nwant %s", got, want)
	}
	standard, ubuntu := Ref{"1", "standard"}, Ref{"5", "ubuntu-22.04"}
	servers := []Server{
		{Name: "web-07", Plan: standard, OS: ubuntu, SSHKey: Ref{"42", "deploy"}, Location: "us-west",
			Hostname: ptr("web-07.example.com"), BackupsEnabled: ptr(true), Status: StatusActive, Labels: Labels{"env": "sandbox", "role": "web"}},
		{Name: "db-01", Plan: Ref{"2", "performance"}, OS: Ref{ID: "3"}, Location: "us-east",
			Hostname: ptr("db01.example.com"), RebootOn: []Field{FieldHostname}, Labels: Labels{"env": "sandbox"}},
		{Name: "cache-01", RenamedFrom: "redis-01", Plan: standard, OS: ubuntu, Location: "us-west",
			Hostname: ptr("cache-01.example.com"), Replace: ReplaceCreateFirst, Labels: Labels{"env": "sandbox"}},
		{Name: "batch-c-5", Plan: standard, OS: ubuntu, Location: "us-west",
			Hostname: ptr("batch5.c.example.com"), Status: StatusStopped, Labels: Labels{"env": "sandbox"}},
		{Name: "old-01", Absent: true},
	}
	for _, want := range servers {
		got, ok := f.Lookup(want.Name)
		if !ok {
			t.Errorf("no server %s", want.Name)
			continue
		}
		if diff := cmp.Diff(want, *got, cmpopts.IgnoreFields(Server{}, "Source")); diff != "" {
			t.Errorf("%s: -want +got\n%s", want.Name, diff)
		}
	}
	rest := *f
	rest.Servers = nil
	if diff := cmp.Diff(Fleet{
		Account: "sandbox@example.com", Owns: []string{"web-*", "db-*"}, Protect: []Protection{{Pattern: "db-*"}},
		Guards: Guards{MaxDeletes: Limit{Set: true}, MaxChanges: Limit{Set: true, Percent: true, N: 100},
			MaxMonthlyCost: CostLimit{Set: true, N: 500_000_000}, MaxCostIncrease: CostLimit{Set: true, N: 500_000_000}},
		Catalog:  Catalog{Plans: map[string]string{"standard": "1", "performance": "2"}, OS: map[string]string{"ubuntu-22.04": "5", "debian-12": "3"}, SSHKeys: map[string]string{"deploy": "42"}},
		Defaults: Server{Plan: Ref{"1", "standard"}, OS: Ref{"5", "ubuntu-22.04"}, Location: "us-west", Hostname: new("{name}.example.com"), Labels: Labels{"env": "sandbox"}},
	}, rest, sameFleet); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestExamplesParse(t *testing.T) {
	for file, servers := range map[string]int{
		"../examples/quickstart": 3, "../examples/features.yaml": 25, "../examples/ranges.yaml": 60, "../examples/rollouts": 15,
	} {
		f, err := Load(file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if len(f.Servers) != servers {
			t.Errorf("%s has %d servers, want %d", file, len(f.Servers), servers)
		}
	}
}

func TestSource(t *testing.T) {
	f := mustParse(t, `version: 1
defaults:
  plan: 1
  location: us-west
protect: [db-1]
servers:
  db-[1:2]:
    location: us-east
    absent: false
`)
	a, _ := f.Lookup("db-1")
	b, _ := f.Lookup("db-2")
	if a.Source != b.Source {
		t.Error("the servers of a range do not share their source")
	}
	for field, want := range map[Field]string{
		FieldPlan: "fleet.yaml:3:9", FieldLocation: "fleet.yaml:8:15", FieldOS: "fleet.yaml:7:3",
	} {
		if got := a.Source.At(field).String(); got != want {
			t.Errorf("%s is at %s, want %s", field, got, want)
		}
	}
	if p, ok := f.Protected("db-1"); !ok || p.Pos.String() != "fleet.yaml:5:11" {
		t.Errorf("db-1 protected: %v %v", p, ok)
	}
	if _, ok := f.Protected("db-2"); ok {
		t.Error("db-2 is protected")
	}
}

func TestOwnsName(t *testing.T) {
	f := mustParse(t, "version: 1\nowns: [\"web-*\", \"db-[0-9]\"]\nservers:\n  cache: {}\n")
	if !Match("web-*", "web-a/b") {
		t.Error("a name is taken for a path")
	}
	for name, want := range map[string]bool{
		"cache": true, "web-1": true, "web-": true, "web": false, "db-7": true, "db-77": false, "cache-1": false,
	} {
		if got := f.OwnsName(name); got != want {
			t.Errorf("OwnsName(%q) = %v", name, got)
		}
	}
}

// TestScalars holds that text is what is written, and no other type that YAML
// might see in it.
func TestScalars(t *testing.T) {
	const uuid = "0b5f9c1e-7a44-4b8f-9a35-0123456789ab"
	tests := []struct {
		entry string
		want  Server
	}{
		{"no: { hostname: no }", Server{Name: "no", Hostname: ptr("no")}},
		{"0123: { hostname: 0123 }", Server{Name: "0123", Hostname: ptr("0123")}},
		{"1e3: { location: 1e3 }", Server{Name: "1e3", Location: "1e3"}},
		{"null: { plan: 'true' }", Server{Name: "null", Plan: Ref{Name: "true"}}},
		{`"a": { hostname: "" }`, Server{Name: "a", Hostname: ptr("")}},
		{`a: { hostname: "null" }`, Server{Name: "a", Hostname: ptr("null")}},
		{"a: { plan: 7 }", Server{Name: "a", Plan: Ref{ID: "7"}}},
		{"a: { plan: big }", Server{Name: "a", Plan: Ref{ID: "9", Name: "big"}}},
		{`a: { plan: "7" }`, Server{Name: "a", Plan: Ref{ID: "seven", Name: "7"}}},
		{`a: { plan: "8" }`, Server{Name: "a", Plan: Ref{Name: "8"}}},
		{"a: { plan: small }", Server{Name: "a", Plan: Ref{Name: "small"}}},
		{"a: { os: Debian 12 }", Server{Name: "a", OS: Ref{Name: "Debian 12"}}},
		{"a: { plan: '1e3' }", Server{Name: "a", Plan: Ref{Name: "1e3"}}},
		{"a: { os: " + uuid + " }", Server{Name: "a", OS: Ref{ID: uuid}}},
		{"a: { ssh_key: " + uuid + " }", Server{Name: "a", SSHKey: Ref{ID: uuid}}},
		{"a: { ssh_key: 42 }", Server{Name: "a", SSHKey: Ref{ID: "42"}}},
		{"a: { id: 12345 }", Server{Name: "a", ID: "12345"}},
		{`a: { id: "007" }`, Server{Name: "a", ID: "007"}},
		{"a: { replace: never, reboot_on: [] }", Server{Name: "a", RebootOn: []Field{}}},
		{"a: { backups_enabled: false, absent: false }", Server{Name: "a", BackupsEnabled: ptr(false)}},
		{"a: { absent: true, id: 5 }", Server{Name: "a", ID: "5", Absent: true}},
		{"a:", Server{Name: "a"}},
		{`"web_01.example": { id: 5 }`, Server{Name: "web_01.example", ID: "5"}},
		{`'Ünï [x] a/b': { id: 5, hostname: "x" }`, Server{Name: "Ünï [x] a/b", ID: "5", Hostname: ptr("x")}},
		{`a: { renamed_from: "web_01 x" }`, Server{Name: "a", RenamedFrom: "web_01 x"}},
	}
	for _, test := range tests {
		f, err := Parse(Text{"fleet.yaml", []byte("version: 1\ncatalog: { plans: { big: 9, \"7\": \"seven\" } }\nservers:\n  " + test.entry + "\n")})
		if err != nil {
			t.Errorf("%s: %v", test.entry, err)
			continue
		}
		if diff := cmp.Diff([]Server{test.want}, f.Servers, cmpopts.IgnoreFields(Server{}, "Source")); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.entry, diff)
		}
	}
}

func TestIgnoreAndUnmanaged(t *testing.T) {
	f := mustParse(t, `version: 1
defaults:
  plan: 1
  ignore: [os]
  hostname: "{name}.example.com"
  backups_enabled: true
  status: active
  ssh_key: 42
servers:
  a: {}
  b: { ignore: [plan, location], hostname: unmanaged, backups_enabled: unmanaged, status: unmanaged, ssh_key: unmanaged }
  c: { ignore: [], hostname: "unmanaged" }
`)
	want := []Server{
		{Name: "a", Plan: Ref{ID: "1"}, SSHKey: Ref{ID: "42"}, Hostname: ptr("a.example.com"), BackupsEnabled: ptr(true), Status: StatusActive,
			Ignore: []Field{FieldOS}},
		{Name: "b", Plan: Ref{ID: "1"}, Ignore: []Field{FieldPlan, FieldLocation}},
		{Name: "c", Plan: Ref{ID: "1"}, SSHKey: Ref{ID: "42"}, Hostname: ptr("unmanaged"), BackupsEnabled: ptr(true), Status: StatusActive,
			Ignore: []Field{}},
	}
	if diff := cmp.Diff(want, f.Servers, cmpopts.IgnoreFields(Server{}, "Source")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	b, _ := f.Lookup("b")
	if !b.Ignores(FieldPlan) || b.Ignores(FieldOS) || b.Source.At(FieldHostname) != b.Source.Entry || b.Source.At(FieldIgnore).Column != 16 {
		t.Errorf("got %+v at %+v", b, b.Source)
	}
}

// TestWarnings holds what is worth a look where only the API knows.
func TestWarnings(t *testing.T) {
	f := mustParse(t, `version: 1
defaults: { plan: stanard }
catalog: { plans: { standard: 1, performance: 2 } }
servers:
  a-[1:9]: {}
  b: { plan: huge, os: debian-12 }
  c: { plan: performance }
`)
	var got []string
	for _, w := range f.Warnings {
		got = append(got, w.Pos.String()+": "+w.Message+"; "+w.Hint)
	}
	want := []string{
		`fleet.yaml:2:19: plan "stanard" is not in the catalog; did you mean "standard"?`,
		`fleet.yaml:6:14: plan "huge" is not in the catalog; only plan can tell whether the API knows it; the nearest in the catalog is "standard"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAliases(t *testing.T) {
	f := mustParse(t, `version: 1
servers:
  a: &web
    plan: &plan 1
    hostname: "{name}.example.com"
  b: *web
  c: { plan: *plan }
`)
	b, _ := f.Lookup("b")
	c, _ := f.Lookup("c")
	if *b.Hostname != "b.example.com" || b.Source.Entry.Line != 6 || c.Plan != (Ref{ID: "1"}) {
		t.Errorf("got %+v and %+v", b, c)
	}
}

func TestLineEndsAndBOM(t *testing.T) {
	data, err := os.ReadFile("../examples/features.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := mustParse(t, string(data))
	for _, text := range []string{
		strings.ReplaceAll(string(data), "\n", "\r\n"), strings.ReplaceAll(string(data), "\n", "\r"), "\ufeff" + string(data),
	} {
		if diff := cmp.Diff(want, mustParse(t, text), cmpopts.IgnoreUnexported(Fleet{})); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

func TestStrings(t *testing.T) {
	tests := map[string][2]string{
		"unset limit": {Limit{}.String(), "no limit"},
		"limit":       {Limit{Set: true, N: 3}.String(), "3"},
		"percentage":  {Limit{Set: true, Percent: true, N: 30}.String(), "30%"},
	}
	for name, test := range tests {
		if test[0] != test[1] {
			t.Errorf("%s: got %q, want %q", name, test[0], test[1])
		}
	}
	if !(Ref{}).IsZero() || (Ref{ID: "1"}).IsZero() {
		t.Error("IsZero")
	}
}

func TestErrorIsProblems(t *testing.T) {
	_, err := Parse(Text{"fleet.yaml", []byte("version: 1\nservers:\n  a: { plan: ~ }\n")})
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatalf("got %#v", err)
	}
	want := Problem{Pos{"fleet.yaml", 3, 14}, "plan has no value", "  a: { plan: ~ }", "give it a value, or leave the key out"}
	if diff := cmp.Diff(want, problems[0]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
