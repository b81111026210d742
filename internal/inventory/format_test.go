package inventory

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vps-fleet/fleet/internal/goldenfile"
)

func TestFormats(t *testing.T) {
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			got, left := write(t, format, sample())
			goldenfile.Compare(t, "testdata/"+format+".golden", got)
			if d := cmp.Diff(wantOmitted[format], causes(left)); d != "" {
				t.Errorf("left out (-want +got):\n%s", d)
			}
			empty, left := write(t, format, nil)
			if left != nil || strings.Contains(empty, "null") {
				t.Errorf("no servers: %s, %v", empty, left)
			}
		})
	}
}

var (
	unaddressed = map[string]Cause{"web-11": NoAddress}
	notInDNS    = map[string]Cause{"web-11": NoAddress, "Old Box": NoHostname}
	wantOmitted = map[string]map[string]Cause{
		"json": {}, "csv": {}, "names": {}, "ip": unaddressed, "ansible": unaddressed, "ssh": unaddressed,
		"hosts": unaddressed, "prometheus": unaddressed, "octodns": notInDNS, "zone": notInDNS,
	}
)

func causes(left []Omitted) map[string]Cause {
	m := make(map[string]Cause)
	for _, o := range left {
		m[o.Server.Name] = o.Cause
	}
	return m
}

func TestIPv6Alone(t *testing.T) {
	text, left, err := Write("ip", sample(), Options{IPv6: true})
	if err != nil || string(text) != "2001:db8::2\n" || len(left) != 4 {
		t.Errorf("got %q, %v, %v", text, left, err)
	}
	six := sample()[:1]
	six[0].IPv4, six[0].IPv6 = six[0].IPv6, sample()[1].IPv6
	for format, want := range map[string]string{"ip": "2001:db8::2\n", "prometheus": `"[2001:db8::2]:9100"`, "ssh": "HostName 2001:db8::2\n", "ansible": `"ansible_host": "2001:db8::2"`} {
		if got, _ := write(t, format, six); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", format, want, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.1": "203.0.113.1", " 203.0.113.1\n": "203.0.113.1", "2001:0DB8::1": "2001:db8::1", "::ffff:203.0.113.1": "203.0.113.1",
		"": "", "0.0.0.0": "", "::": "", "fe80::1%eth0": "", "224.0.0.1": "", "203.0.113.1/24": "", "pending": "", "203.0.113.01": "", "1.2.3.4 evil": "",
	} {
		var s Server
		s.SetAddresses(&text, nil)
		if got := addressText(s.address()); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestAliases(t *testing.T) {
	servers := []Server{{Name: "web", ID: "12"}, {Name: "web", ID: "13"}, {Name: "web.12", ID: "5"}, {Name: "a b", ID: "6"}, {Name: "", ID: "7"}, {Name: "-x", ID: "8/9"}, {Name: "10.0.0.1", ID: "9"}}
	want := []string{"web.12.12", "web.13", "web.12", "a-b.6", "7", "x.8-9", "10.0.0.1.9"}
	if d := cmp.Diff(want, aliases(servers, isWord, exactly)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	cases := []Server{{Name: "Web", ID: "1"}, {Name: "web", ID: "2"}}
	if d := cmp.Diff([]string{"Web.1", "web.2"}, aliases(cases, isWord, strings.ToLower)); d != "" {
		t.Errorf("names that differ in case (-want +got):\n%s", d)
	}
}

func TestColumns(t *testing.T) {
	servers := sample()
	columns, err := ColumnsOf([]string{"price_monthly", "label:env", "listed"})
	if err != nil {
		t.Fatal(err)
	}
	Sort(servers, columns[1])
	text, _, err := Write("csv", servers, Options{Columns: columns, NoHeader: true})
	if want := ",,unlisted\n10.00,,fleet.yaml:7\n10.00,prod,fleet.yaml:7\n10.00,prod,fleet.yaml:7\n10.00,prod,fleet.yaml:7\n"; err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
	names := slices.Collect(func(yield func(string) bool) {
		for _, s := range servers {
			yield(s.Name)
		}
	})
	if d := cmp.Diff([]string{"Old Box", "db-1", "web-2", "web-10", "web-11"}, names); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
	for _, bad := range []string{"", "ip", "label:", "Name"} {
		if _, err := ColumnsOf([]string{"name", bad}); err != UnknownColumn(bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestMissingOptions(t *testing.T) {
	if _, _, err := Write("prometheus", nil, Options{}); err == nil {
		t.Error("prometheus needs a port")
	}
	if _, _, err := Write("yaml", nil, Options{}); err == nil {
		t.Error("yaml is no format")
	}
	servers := sample()
	if got, _, err := Write("octodns", servers, Options{}); err != nil || !strings.Contains(string(got), "'web2':") {
		t.Errorf("the zone is plain from the hostnames: %s, %v", got, err)
	}
	servers[0].Hostname = "db.example.org"
	if _, _, err := Write("octodns", servers, Options{}); !errors.Is(err, ErrZone) {
		t.Errorf("two zones: %v", err)
	}
}

func TestAnsibleHost(t *testing.T) {
	for name, want := range map[string]string{"web-2": "203.0.113.2", "web-11": "", "nobody": ""} {
		text, _, err := Write("ansible", sample(), Options{Host: name})
		var vars struct {
			Host string `json:"ansible_host"`
		}
		if err := errors.Join(err, json.Unmarshal(text, &vars)); err != nil || vars.Host != want {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

// No cell of a hostile account is a formula, and none is another cell or line.
func TestCSVIsNoFormula(t *testing.T) {
	text, _ := write(t, "csv", hostile())
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(records) != len(hostile())+1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for _, r := range records {
		for _, cell := range r {
			if strings.IndexAny(strings.TrimSpace(cell), "=+-@＝") == 0 {
				t.Errorf("%q is a formula", cell)
			}
		}
	}
}

// The JSON document is what its schema in the documentation says.
func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "list.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, servers := range [][]Server{nil, sample(), hostile()} {
		text, _ := write(t, "json", servers)
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err := errors.Join(err, schema.Validate(document)); err != nil {
			t.Errorf("%d servers: %v", len(servers), err)
		}
	}
}

// Whatever looks like a template is marked, so that Ansible does not run it.
func TestAnsibleMarksTemplates(t *testing.T) {
	text, _ := write(t, "ansible", hostile())
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	marked := 0
	var walk func(v any, marked bool)
	walk = func(v any, isMarked bool) {
		switch v := v.(type) {
		case string:
			if strings.ContainsAny(v, "{}") && !isMarked {
				t.Errorf("%q is not marked", v)
			}
		case []any:
			for _, x := range v {
				walk(x, false)
			}
		case map[string]any:
			for key, x := range v {
				walk(key, false)
				walk(x, key == "__ansible_unsafe")
				if key == "__ansible_unsafe" {
					marked++
				}
			}
		}
	}
	walk(document, false)
	if marked == 0 {
		t.Error("nothing is marked")
	}
}
