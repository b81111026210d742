package fleet

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

var topKeys = []string{"version", "account", "owns", "unlisted", "protect", "defaults", "catalog", "guards", "rollouts", "windows", "freeze", "servers"}

// document reads the top level of one file.
func (r *reader) document(root node) {
	if root.Kind != yaml.MappingNode {
		r.partial = true
	}
	version := false
	for key, value := range r.pairs(root, "a fleet file") {
		switch key.Value {
		case "version":
			version = true
			r.version(value)
		case "account":
			r.account(key, value)
		case "owns":
			for _, p := range r.patterns(value, "owns") {
				r.fleet.Owns = append(r.fleet.Owns, p.Pattern)
			}
		case "unlisted":
			r.unlisted(key, value)
		case "protect":
			r.fleet.Protect = append(r.fleet.Protect, r.patterns(value, "protect")...)
		case "defaults":
			r.readDefaults(value)
		case "catalog":
			r.readCatalog(value)
		case "guards":
			r.guards(value)
		case "rollouts":
			r.readRollouts(value)
		case "windows":
			r.readWindows(value)
		case "freeze":
			r.readFreezes(value)
		case "servers":
			r.servers(value)
		default:
			hint := didYouMean(key.Value, topKeys)
			if hint == "" && value.Kind == yaml.MappingNode {
				hint = `a server is listed under "servers:", indented`
			}
			r.problemf(key, hint, "unknown key %s", quote(key.Value))
		}
	}
	if !version && root.Kind == yaml.MappingNode {
		r.problemf(root, `begin the file with "version: 1"`, "the version is missing")
	}
}

// once reports a key that another file has set already.
func (r *reader) once(prefix string, key node) bool {
	what := prefix + key.Value
	if first, twice := r.set[what]; twice {
		r.problemf(key, "set it in one file only", "%s is set twice; first at %s", Escape(what), first.pos())
		return false
	}
	r.set[what] = key
	return true
}

func (r *reader) version(n node) {
	switch s, ok := r.text(n, "version"); {
	case ok && s != "1":
		r.problemf(n, "write 1, or use a fleet that knows this version", "version %s is not known: this fleet reads version 1", quote(s))
	case ok && !plain(n.Node):
		r.problemf(n, "write it without quotes", "version must be the number 1, not text")
	}
}

var emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)

func (r *reader) account(key, value node) {
	s, ok := r.text(value, "account")
	if ok && !emailPattern.MatchString(s) {
		r.problemf(value, "write the e-mail address of the account", "account is not an e-mail address: %s", quote(s))
	}
	if r.once("", key) {
		r.fleet.Account, r.fleet.AccountPos = s, value.pos()
	}
}

func (r *reader) unlisted(key, value node) {
	s := r.choice(value, "unlisted", "report", string(UnlistedIgnore), string(UnlistedDelete))
	if r.once("", key) && s != "report" {
		r.fleet.Unlisted = Unlisted(s)
	}
}

// readDefaults takes in the defaults of one file.
func (r *reader) readDefaults(n node) {
	for field, value := range r.pairs(n, "defaults") {
		if r.once("defaults.", field) {
			r.waiting = append(r.waiting, pair{field, value})
		}
	}
}

// servers takes in the entries of one file.
func (r *reader) servers(n node) {
	r.listed = true
	if blank(n.Node) {
		r.problemf(n, `a fleet without servers is written "servers: {}"`, "servers lists nothing")
		return
	}
	if n.Kind == yaml.SequenceNode {
		r.problemf(n, listedServers(n), "servers must be a mapping of names to fields, not a list")
		return
	}
	for key, value := range r.pairs(n, "servers") {
		r.entries = append(r.entries, pair{key, value})
	}
}

// listedServers shows how the first server of a list is written.
func listedServers(n node) string {
	name := "web-01"
	if len(n.Content) > 0 {
		first := n.child(n.Content[0])
		switch {
		case first.Kind == yaml.ScalarNode:
			name = first.Value
		case first.Kind == yaml.MappingNode && len(first.Content) > 1:
			name = first.Content[0].Value
			for i := 0; i < len(first.Content); i += 2 {
				if first.Content[i].Value == string(FieldName) {
					name = first.Content[i+1].Value
				}
			}
		}
	}
	return fmt.Sprintf(`write each name as a key with its fields under it, without "- ": "%s: { plan: …, os: …, location: … }"`, quoteless(name))
}

// patterns reads a list of names with *, ? and [a-z].
func (r *reader) patterns(n node, what string) (patterns []Protection) {
	for item := range r.items(n, what) {
		s, ok := r.text(item, "a pattern of "+what)
		switch hint, bad := badPattern(s); {
		case !ok:
		case bad:
			r.problemf(item, hint, "malformed pattern %s", quote(s))
		default:
			patterns = append(patterns, Protection{s, item.pos()})
		}
	}
	return patterns
}

// ValidPattern reports whether a text can be a pattern of names in a fleet file.
func ValidPattern(s string) bool {
	_, bad := badPattern(s)
	return !bad
}

// badPattern finds patterns that are malformed or can match no name.
func badPattern(s string) (hint string, bad bool) {
	if _, err := path.Match(s, ""); err != nil || s == "" {
		return "a pattern is a name with *, ? or [a-z] in it, such as web-*", true
	}
	odd := strings.IndexFunc(s, func(c rune) bool { return !nameRune(c) && !strings.ContainsRune("*?[]^", c) })
	switch {
	case odd < 0:
		return "", false
	case s[odd] == ':':
		return "a pattern is no range: write web-* for web-[01:12]", true
	}
	return fmt.Sprintf("no name contains %s: names are letters, digits and hyphens", describe([]rune(s[odd:])[0])), true
}
