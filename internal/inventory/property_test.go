package inventory

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/planner"
)

// drawServers draws an account with hostile, repeated and plain texts. Ids are
// opaque, and no two are the same.
func drawServers(t *rapid.T) []Server {
	text := rapid.OneOf(rapid.SampledFrom(hostileNames), rapid.String(), rapid.StringMatching(`[a-z][a-z0-9.-]{0,9}`))
	hostname := rapid.OneOf(text, rapid.StringMatching(`[a-z0-9-]{1,5}\.example\.com\.?`))
	servers := make([]Server, rapid.IntRange(0, 12).Draw(t, "servers"))
	for i := range servers {
		servers[i] = Server{ID: strconv.Itoa(i+1) + text.Draw(t, "id"), Name: text.Draw(t, "name"), Status: text.Draw(t, "status"), Hostname: hostname.Draw(t, "hostname"),
			Location: text.Draw(t, "location"), Plan: planner.Named{ID: "1", Name: text.Draw(t, "plan")},
			Labels: map[string]string{"role": text.Draw(t, "role")}}
		servers[i].SetAddresses(new(rapid.SampledFrom([]string{"", "203.0.113.1", "2001:db8::1"}).Draw(t, "ip")), new(text.Draw(t, "ipv6")))
	}
	return servers
}

// lines are what each line of a format may look like, whatever servers are called.
var lines = map[string]*regexp.Regexp{
	"ssh":     regexp.MustCompile(`^(# .*|Host [\pL\pN._][\pL\pN._-]*|  HostName [0-9a-f.:]+|  User root|  HostKeyAlias [\pL\pN_][\pL\pN._-]*|)$`),
	"hosts":   regexp.MustCompile(`^(# (BEGIN|END) fleet|[0-9a-f.:]+( [\pL\pN._][\pL\pN._-]*){1,2})$`),
	"ip":      regexp.MustCompile(`^[0-9a-f.:]+$`),
	"zone":    regexp.MustCompile(`^(;.*|[a-z0-9.-]*example\.com\. IN (A [0-9.]+|AAAA [0-9a-f.:]+))$`),
	"octodns": regexp.MustCompile(`^(---|# .*|\{\}|'[a-z0-9.-]*':|- type: (A|AAAA)|  values:|  - '[0-9a-f.:]+')$`),
}

// Whatever servers are called, every line is what the format allows, nothing has
// a character that a terminal obeys, and each server is once in it or left out.
func TestHostileTexts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		servers := drawServers(rt)
		for _, format := range Formats() {
			text, left := write(t, format, servers)
			obeyed := func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
			if i := strings.IndexFunc(text, obeyed); i >= 0 {
				rt.Errorf("%s: %q", format, text[i:])
			}
			for line := range strings.Lines(text) {
				if allowed := lines[format]; allowed != nil && !allowed.MatchString(strings.TrimSuffix(line, "\n")) {
					rt.Errorf("%s: %q", format, line)
				}
			}
			if got, known := countOf(format, text); known && got+len(left) != len(servers) {
				rt.Errorf("%s: %d servers, of which %d are written and %d left out:\n%s", format, len(servers), got, len(left), text)
			}
		}
	})
}

// countOf is how many servers an output tells of, where that can be told.
func countOf(format, text string) (n int, known bool) {
	switch format {
	case "names", "ip":
		return strings.Count(text, "\n"), true
	case "csv":
		return strings.Count(text, "\n") - 1, true
	case "ssh":
		hosts := make(map[string]bool)
		for line := range strings.Lines(text) {
			if name, ok := strings.CutPrefix(line, "Host "); ok {
				hosts[name] = true
			}
		}
		return len(hosts), true
	case "prometheus":
		var groups []targetGroup
		err := json.Unmarshal([]byte(text), &groups)
		return len(groups), err == nil
	case "json":
		var d document
		err := json.Unmarshal([]byte(text), &d)
		return len(d.Servers), err == nil
	case "ansible":
		var d struct {
			Meta struct{ Hostvars map[string]any } `json:"_meta"`
		}
		err := json.Unmarshal([]byte(text), &d)
		return len(d.Meta.Hostvars), err == nil
	}
	return 0, false
}

// A JSON document tells names as they are.
func TestJSONKeepsNames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		servers := drawServers(rt)
		text, _ := write(t, "json", servers)
		var d document
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			rt.Fatal(err)
		}
		for i, s := range servers {
			if utf8.ValidString(s.Name) && d.Servers[i].Name != s.Name {
				rt.Errorf("%q became %q", s.Name, d.Servers[i].Name)
			}
		}
	})
}
