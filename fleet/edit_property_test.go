package fleet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// someFile is a fleet file as people write them, in all styles of YAML.
type someFile struct {
	t       *rapid.T
	text    strings.Builder
	keys    []string
	anchors []string // of entries
	plans   []string // anchors of plans
}

func (f *someFile) one(what string, options ...string) string {
	return rapid.SampledFrom(options).Draw(f.t, what)
}

func drawFile(t *rapid.T) (text string, keys []string) {
	f := &someFile{t: t}
	f.text.WriteString(f.one("head", "", "# a fleet\n\n") + "version: 1\n")
	f.text.WriteString(f.one("defaults", "", "defaults: { hostname: \"{name}.example.com\" } # for all\n", "defaults:\n  location: us-east\n\n"))
	n := rapid.IntRange(1, 5).Draw(t, "entries")
	if f.one("servers", "block", "block", "flow") == "flow" {
		var entries []string
		for range n {
			entries = append(entries, f.key(true)+f.one("colon", ": ", ":  ")+f.flowValue())
		}
		space := f.one("space", "", " ", "\n  ")
		f.text.WriteString("servers: {" + space + strings.Join(entries, f.one("before comma", " ", "  ")+","+f.one("gap", " ", "\n  ")) + space + "} # all\n")
	} else {
		f.text.WriteString("servers:" + f.one("after servers", "", " # each one") + "\n")
		indent := f.one("indent", " ", "  ", "    ")
		for range n {
			f.blockEntry(indent)
		}
	}
	text = f.text.String() + f.one("tail", "", "# the end\n", "\n\nowns: [\"*\"]\n")
	if f.one("last line end", "kept", "missing") == "missing" {
		text = strings.TrimRight(text, "\n")
	}
	switch f.one("line ends", "LF", "CRLF", "BOM") {
	case "CRLF":
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case "BOM":
		text = "\ufeff" + text
	}
	return text, f.keys
}

func (f *someFile) key(flow bool) string {
	key := fmt.Sprintf("s%d", len(f.keys)) + f.one("range", "", "", "-[1:4]", "-[01:09:2]", "-[a:b]-[1:2]")
	f.keys = append(f.keys, key)
	if flow && strings.Contains(key, "[") {
		return `"` + key + `"`
	}
	return f.one("quotes", key, `"`+key+`"`, "'"+key+"'")
}

func (f *someFile) isRange() bool { return strings.Contains(f.keys[len(f.keys)-1], "[") }

// fields draws fields with their values.
func (f *someFile) fields() (fields []string) {
	if f.one("labels", "yes", "no", "no") == "yes" {
		fields = append(fields, "labels: { owner: \"Zoë 漢\" }") // characters of several bytes
	}
	if f.one("plan", "yes", "no") == "yes" {
		value := f.one("value", "1", "small", "'a, b'")
		switch what := f.one("anchor", "none", "set", "use"); {
		case what == "set":
			f.plans = append(f.plans, fmt.Sprintf("p%d", len(f.keys)))
			value = "&" + f.plans[len(f.plans)-1] + " " + value
		case what == "use" && len(f.plans) > 0:
			value = "*" + f.plans[0]
		}
		fields = append(fields, "plan: "+value)
	}
	hostnames := []string{`"{name}.x.org"`, "fixed.x.org", `''`}
	if f.isRange() {
		hostnames = []string{`"{name}.x.org"`, `'n{1}.x.org'`}
	}
	if f.one("hostname", "yes", "no") == "yes" {
		fields = append(fields, "hostname: "+f.one("value", hostnames...))
	}
	if f.one("reboot_on", "yes", "no") == "yes" {
		fields = append(fields, "reboot_on: [hostname, \"name\"]")
	}
	return fields
}

func (f *someFile) flowValue() string {
	if f.one("nothing", "yes", "no", "no") == "yes" {
		return ""
	}
	if len(f.anchors) > 0 && !f.isRange() && f.one("repeat", "yes", "no", "no") == "yes" {
		return "*" + f.anchors[0]
	}
	anchor := f.newAnchor()
	space := f.one("space", "", " ")
	return anchor + "{" + space + strings.Join(f.fields(), ", ") + space + "}"
}

func (f *someFile) newAnchor() string {
	if f.isRange() || f.one("new anchor", "yes", "no", "no") == "no" { // {1} of a range means nothing elsewhere
		return ""
	}
	f.anchors = append(f.anchors, fmt.Sprintf("e%d", len(f.keys)))
	return "&" + f.anchors[len(f.anchors)-1] + " "
}

func (f *someFile) blockEntry(indent string) {
	f.text.WriteString(f.one("above", "", "\n", indent+"# about the next\n"))
	key := f.key(false)
	comment := f.one("comment", "", " # a comment, {not} \"text\"", "\t# after a tab")
	switch f.one("style", "nothing", "null", "flow", "block", "block") {
	case "nothing":
		f.text.WriteString(indent + key + ":" + comment + "\n")
	case "null":
		f.text.WriteString(indent + key + ": ~" + comment + "\n")
	case "flow":
		f.text.WriteString(indent + key + ": " + f.flowValue() + comment + "\n")
	default:
		anchor := strings.TrimSuffix(f.newAnchor(), " ")
		fields := f.fields()
		if len(fields) == 0 {
			fields = []string{"os: 5"}
		}
		f.text.WriteString(indent + key + ": " + anchor + comment + "\n")
		step := f.one("step", " ", "  ", "    ")
		for _, field := range fields {
			f.text.WriteString(indent + step + field + comment + "\n" + f.one("below", "", "\n", indent+step+"# below\n"))
		}
	}
}

// TestEditProperty changes random files: what they say is what was meant, and other
// lines are as they were, byte for byte.
func TestEditProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, keys := drawFile(t)
		before, err := Parse(Text{"fleet.yaml", []byte(text)})
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		l, err := ReadLayout(Text{"fleet.yaml", []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(keys, l.Keys()); diff != "" {
			t.Fatalf("keys -want +got\n%s", diff)
		}
		key := rapid.SampledFrom(keys).Draw(t, "key")
		want := byName(before)
		edits, err := drawEdit(t, l, text, key, want)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		data, err := l.Splice(edits)
		if err != nil {
			t.Fatal(err)
		}
		after, err := Parse(Text{"fleet.yaml", data})
		if err != nil {
			t.Fatalf("%v after a change of %s in\n%s\nto\n%s", err, key, text, data)
		}
		if diff := cmp.Diff(want, byName(after), cmpopts.IgnoreFields(Server{}, "Source")); diff != "" {
			t.Fatalf("-want +got\n%s\nafter a change of %s in\n%s\nto\n%s", diff, key, text, data)
		}
		checkOtherLines(t, text, string(data), before, key)
	})
}

// drawEdit draws an edit of the entry of a key, and makes it of the servers by name too.
func drawEdit(t *rapid.T, l *Layout, text, key string, servers map[string]Server) ([]Edit, error) {
	fields, change := drawChange(t)
	p, _ := parsePattern(key)
	switch rapid.SampledFrom([]string{"set", "split", "insert"}).Draw(t, "edit") {
	case "set":
		for i := range p.count() {
			name, _ := p.name(i)
			servers[name] = change(servers[name])
		}
		return l.Set(key, fields...)
	case "split":
		name, _ := p.name(rapid.IntRange(0, p.count()-1).Draw(t, "nth"))
		servers[name] = change(servers[name])
		return l.Split(key, NewEntry{Key: name, Fields: fields})
	}
	added, err := Parse(Text{"fleet.yaml", []byte(defaultsOf(text) + "servers:\n  new-[1:3]: " + flowFields(fields) + "\n")})
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(servers, byName(added))
	at := Place{Key: key, Before: rapid.Bool().Draw(t, "before")}
	return l.Insert(at, NewEntry{Key: "new-[1:3]", Fields: fields, Apart: rapid.Bool().Draw(t, "apart")})
}

func byName(f *Fleet) map[string]Server {
	servers := map[string]Server{}
	for _, s := range f.Servers {
		servers[s.Name] = s
	}
	return servers
}

// drawChange draws fields to set, and what they make of a server.
func drawChange(t *rapid.T) (fields []FieldText, change func(Server) Server) {
	location := rapid.SampledFrom([]string{"eu-west", "no", "1e3"}).Draw(t, "location")
	hostname := rapid.SampledFrom([]string{"", "new.example.com", "0.example.com"}).Draw(t, "new hostname")
	which := rapid.IntRange(1, 7).Draw(t, "which")
	if which&1 != 0 {
		fields = append(fields, FieldText{FieldPlan, "77"})
	}
	if which&2 != 0 {
		fields = append(fields, FieldText{FieldLocation, QuoteText(location)})
	}
	if which&4 != 0 {
		fields = append(fields, FieldText{FieldHostname, QuoteText(hostname)})
	}
	return fields, func(s Server) Server {
		if which&1 != 0 {
			s.Plan = Ref{ID: "77"}
		}
		if which&2 != 0 {
			s.Location = location
		}
		if which&4 != 0 {
			s.Hostname = &hostname
		}
		return s
	}
}

// defaultsOf is the beginning of a file, up to its servers.
func defaultsOf(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return text[:strings.Index(text, "servers:")]
}

// checkOtherLines holds that the lines outside of an entry, and of what repeats it,
// are in the new text in their order, that its line ends are of one kind, and that
// it ends as it did.
func checkOtherLines(t *rapid.T, before, after string, f *Fleet, key string) {
	first, last := 0, 0 // the lines of the entry
	var starts []int
	for _, s := range f.Servers {
		starts = append(starts, s.Source.Entry.Line)
		if p, _ := parsePattern(key); p.has(s.Name) {
			first = s.Source.Entry.Line
		}
	}
	slices.Sort(starts)
	last = strings.Count(before, "\n") + 1
	for _, start := range slices.Backward(starts) {
		if start > first {
			last = start - 1
		}
	}
	left := strings.Split(after, "\n")
	for i, line := range strings.Split(before, "\n") {
		if n := i + 1; n >= first && n <= last || strings.Contains(line, "*") || strings.Contains(line, "{") && first == 0 || line == "" {
			continue
		}
		at := slices.Index(left, line)
		if at < 0 {
			if strings.TrimSuffix(line, "\r") == line && i == strings.Count(before, "\n") && slices.Contains(left, line+"\r") {
				continue // the last line, which has no end of its own
			}
			t.Fatalf("line %d, %q, is lost in\n%s\nof\n%s", i+1, line, after, before)
		}
		left = left[at+1:]
	}
	if strings.Contains(before, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
		t.Fatalf("line ends are mixed in %q", after)
	}
	if strings.HasSuffix(before, "\n") != strings.HasSuffix(after, "\n") {
		t.Fatalf("the end has changed: %q", after)
	}
}

func (p pattern) has(name string) bool {
	for i := range p.count() {
		if n, _ := p.name(i); n == name {
			return true
		}
	}
	return false
}
