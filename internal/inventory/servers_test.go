package inventory

import (
	"strconv"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// sample is a small account: listed and unlisted servers, one with both addresses,
// one without any, and one without a hostname.
func sample() []Server {
	price := fleet.Money(10_000_000)
	web := Server{ID: "12345", Name: "web-2", Status: "active", Hostname: "web2.example.com", Location: "us-west",
		Plan: planner.Named{ID: "1", Name: "Standard VPS"}, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"},
		Monthly: &price, Labels: map[string]string{"role": "web", "env": "prod"}, Listed: "fleet.yaml:7"}
	web10, db, lone, fresh := web, web, web, web
	web.SetAddresses(new("203.0.113.2"), new("2001:0db8::2"))
	web10.ID, web10.Name, web10.Hostname, web10.Status = "12346", "web-10", "web10.example.com", "stopped"
	web10.Drift = []string{"hostname", "backups_enabled"}
	web10.SetAddresses(new("203.0.113.10"))
	db.ID, db.Name, db.Hostname, db.Location, db.Labels = "12347", "db-1", "db.example.com", "eu-central", map[string]string{"role": "db"}
	db.SetAddresses(new("203.0.113.1"))
	lone.ID, lone.Name, lone.Hostname, lone.Labels, lone.Listed, lone.Monthly = "9b2f-77", "Old Box", "", nil, "", nil
	lone.SetAddresses(new("198.51.100.9"), nil)
	fresh.ID, fresh.Name, fresh.Status = "12348", "web-11", "provisioning"
	fresh.SetAddresses(nil, new("0.0.0.0"))
	return []Server{db, web, web10, fresh, lone}
}

// hostileNames are names that would be something else in some format.
var hostileNames = []string{
	"", " ", ".", "-", "-oProxyCommand=touch pwned", "*", "!web", "a b", "a,b", "a:b", "a#b", "#", "%h", `"a`, `a\`, "$(id)", "`id`",
	"a\n\nHost *\n  ProxyCommand touch pwned", "a\r\n203.0.113.66 example.org", "# END fleet", "\n# END fleet\n",
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "'", `"=1"`, "{{ lookup('pipe', 'touch pwned') }}", "{% raw %}", "{#",
	"\x1b[31mred", "\x00", "a\u202eb", "a\u2028b", "\ufeffa", "\xff\xfe", "##[error]", "::error::x", "<script>", "localhost", "LocalHost", "ip6-loopback",
	"203.0.113.7", "2001:db8::7", "all", "ungrouped", "_meta", "role_web", "web.1", "web", "web", "web", "Wéb_1", "서버", "null", "on", "10", "a.b-c_d",
}

// hostile are servers with hostile texts in all their fields. Every address is
// another, and all have one.
func hostile() []Server {
	servers := make([]Server, len(hostileNames))
	for i, name := range hostileNames {
		other := hostileNames[len(hostileNames)-1-i]
		servers[i] = Server{ID: strconv.Itoa(i), Name: name, Status: other, Hostname: other, Location: other,
			Plan: planner.Named{ID: other, Name: name}, OS: planner.Named{ID: name, Name: other}, Labels: map[string]string{"a": name, "b": other}}
		servers[i].SetAddresses(new("198.51.100." + strconv.Itoa(i+1)))
	}
	return servers
}

// write is Write with options that are enough for every format.
func write(t testing.TB, format string, servers []Server) (string, []Omitted) {
	t.Helper()
	columns, err := ColumnsOf(append(WideColumns, "label:role"))
	if err != nil {
		t.Fatal(err)
	}
	text, left, err := Write(format, servers, Options{
		Columns: columns, User: "root", Port: 9100, Zone: "example.com", Account: "ops@example.com", Endpoint: "https://api.example.com"})
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return string(text), left
}
