package fleet

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

var (
	probeKinds     = []string{"tcp", "http", "command", "prometheus"}
	httpKeys       = []string{"url", "status", "insecure"}
	prometheusKeys = []string{"url", "query", "expect"}
	hookKeys       = []string{"command", "timeout"}
)

const (
	maxProbes = 32
	maxArgs   = 64
)

// probes reads a list of probes.
func (r *reader) probes(n node, what string) (probes []Probe) {
	if len(n.Content) > maxProbes {
		r.problemf(n, "", "%s lists more than %d probes", what, maxProbes)
		return nil
	}
	for item := range r.items(n, what) {
		probes = append(probes, r.probe(item))
	}
	return probes
}

// gate reads the probes of a group as a whole, which are about no server in particular.
func (r *reader) gate(n node, what string) []Probe {
	probes := r.probes(n, what)
	for i, p := range probes {
		text := strings.Join(p.texts(), " ")
		switch item := n.child(n.Content[i]); {
		case p.TCP > 0:
			r.problemf(item, "ask an address with http, or run a command", "a gate is about the whole group, so tcp has no server to reach")
		case Expand(text, func(string) string { return "" }) != text:
			r.problemf(item, "write probes of single servers in ready", "a gate is about the whole group, so no placeholder has a value in it")
		}
	}
	return probes
}

// probe reads one probe, which has exactly one kind.
func (r *reader) probe(n node) Probe {
	o := r.object(n, "a probe", probeKinds)
	var kinds []string
	for key := range r.pairs(n, "a probe") {
		kinds = append(kinds, key.Value)
	}
	switch {
	case n.Kind != yaml.MappingNode:
	case len(kinds) == 0:
		r.problemf(n, "write one of "+strings.Join(probeKinds, ", "), "a probe says what it probes")
	case len(kinds) > 1:
		r.problemf(n, "make each an item of its own, beginning with -", "a probe is of one kind, and this one has %s", strings.Join(kinds, ", "))
	}
	return Probe{
		TCP:        read(o, "tcp", r.count(1, 65535), 0),
		HTTP:       read(o, "http", r.httpProbe, nil),
		Command:    read(o, "command", r.commandProbe, nil),
		Prometheus: read(o, "prometheus", r.prometheusProbe, nil),
	}
}

func (r *reader) httpProbe(n node, what string) *HTTPProbe {
	o := r.object(n, what, httpKeys)
	if o.lacks("url") {
		r.problemf(n, `write url: "https://{hostname}/health"`, "http needs a url")
	}
	return &HTTPProbe{
		URL:      read(o, "url", r.url, ""),
		Status:   read(o, "status", r.count(100, 599), 200),
		Insecure: read(o, "insecure", r.bool, false),
	}
}

func (r *reader) commandProbe(n node, _ string) *Command {
	c := r.command(n, "a probe")
	c.Timeout.Duration = ProbeCommandTimeout
	return c
}

func (r *reader) prometheusProbe(n node, what string) *PrometheusProbe {
	o := r.object(n, what, prometheusKeys)
	if o.lacks("url") || o.lacks("query") || o.lacks("expect") {
		r.problemf(n, `write { url: "http://prom:9090", query: "up == 0", expect: empty }`, "prometheus needs url, query and expect")
	}
	return &PrometheusProbe{
		URL:    read(o, "url", r.url, ""),
		Query:  read(o, "query", r.placeholders, ""),
		Expect: Expect(read(o, "expect", r.oneOf(string(ExpectEmpty), string(ExpectNonEmpty)), "")),
	}
}

var (
	webURL    = regexp.MustCompile(`^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?([/?]\S*)?$`)
	userInURL = regexp.MustCompile(`^https?://[^/?]*@`)
)

// url reads the address of what is asked, with placeholders.
func (r *reader) url(n node, what string) string {
	s := r.placeholders(n, what)
	if s == "" {
		return ""
	}
	switch whole := Expand(s, func(string) string { return "1" }); { // which may stand for a host, a port or a path
	case userInURL.MatchString(whole):
		r.problemf(n, "a fleet file is no place for secrets", "%s has a user or a password in it", what)
	case !webURL.MatchString(whole):
		r.problemf(n, `write it whole, such as "https://{hostname}/health"`, "%s is not an address of http or https: %s", what, quote(s))
	}
	return s
}

// hook reads a command that runs before or after a disruption.
func (r *reader) hook(n node, what string) *Command {
	o := r.object(n, what, hookKeys)
	if o.lacks("command") {
		r.problemf(n, `write `+what+`: { command: [./`+what+`, "{name}"] }`, "%s needs a command", what)
	}
	c := &Command{}
	if command, ok := o.values["command"]; ok {
		c = r.command(command, what)
	}
	c.Timeout = read(o, "timeout", r.duration, Duration{DefaultCommandTimeout})
	return c
}

// command reads a program and its arguments.
func (r *reader) command(n node, what string) *Command {
	c := &Command{Dir: filepath.Dir(n.file.name)}
	switch {
	case n.Kind == yaml.ScalarNode && !blank(n.Node):
		r.problemf(n, `write each argument by itself: ["./check", "{name}"]`, "the command of %s must be a list, since no shell divides it", what)
		return c
	case len(n.Content) > maxArgs:
		r.problemf(n, "", "the command of %s has more than %d arguments", what, maxArgs)
		return c
	}
	for item := range r.items(n, "the command of "+what) {
		c.Argv = append(c.Argv, r.placeholders(item, "an argument"))
	}
	if n.Kind == yaml.SequenceNode && (len(c.Argv) == 0 || c.Argv[0] == "") {
		r.problemf(n, "", "the command of %s names no program", what)
	} else if len(c.Argv) > 0 {
		at := n.child(n.Content[0])
		r.programs = append(r.programs, program{c.Argv[0], c.Dir, at.file.problem(at.Line, at.Column, "", "")})
	}
	return c
}

// placeholders reads a text and refuses placeholders in it that mean nothing.
func (r *reader) placeholders(n node, what string) string {
	s, ok := r.text(n, what)
	if !ok {
		return ""
	}
	for _, m := range placeholderForm.FindAllStringIndex(s, -1) {
		p := s[m[0]+1 : m[1]-1]
		key, isLabel := strings.CutPrefix(p, DomainLabel)
		if slices.Contains(Placeholders, p) && !isLabel || isLabel && labelKey.MatchString(key) {
			continue
		}
		hint := didYouMean(p, Placeholders)
		if hint == "" {
			hint = "placeholders are {name}, {hostname}, {ip}, {id}, {location} and {label:KEY}"
		}
		r.flaw(n, &flaw{m[0], "unknown placeholder " + quote(s[m[0]:m[1]]), hint})
		return ""
	}
	return s
}
