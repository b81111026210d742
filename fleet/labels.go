package fleet

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Labels are an entry's own words about its server, by key. The API knows
// nothing of them: they are never sent, and never differ from anything.
type Labels map[string]string

const (
	maxLabels     = 64 // of one entry
	maxLabelValue = 63 // characters
)

// labelKey is what Prometheus and Ansible take as a name, too.
var labelKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// labels reads labels and merges them over those of the defaults, key by key.
func (r *reader) labels(b *body, n node) {
	if len(n.Content)/2 > maxLabels {
		r.problemf(n, "", "labels lists more than %d keys", maxLabels)
		return
	}
	labels := Labels{}
	maps.Copy(labels, b.server.Labels)
	for key, value := range r.pairs(n, string(FieldLabels)) {
		if !labelKey.MatchString(key.Value) {
			r.problemf(key, keyHint(key.Value), "label key %s is malformed", quote(key.Value))
			continue
		}
		if s, ok := r.label(key.Value, value); ok {
			labels[key.Value] = s
		}
	}
	b.server.Labels = labels
}

// label reads the value of one label. What other readers of YAML would take for a
// number or a boolean must be in quotes.
func (r *reader) label(key string, n node) (string, bool) {
	what := "label " + key
	if blank(n.Node) {
		r.problemf(n, `give it a value; "" is the empty one`, "%s has no value", what)
		return "", false
	}
	s, ok := r.text(n, what)
	switch {
	case !ok:
	case utf8.RuneCountInString(s) > maxLabelValue:
		r.problemf(n, "", "%s has %d characters; at most %d are allowed", what, utf8.RuneCountInString(s), maxLabelValue)
	case plain(n.Node) && !isText(n.Node):
		r.problemf(n, fmt.Sprintf("write %s: %q", key, s), "%s must be text, and %s without quotes is not", what, s)
	default:
		return s, true
	}
	return "", false
}

// isText reports a scalar without quotes that is text in YAML 1.1 as well as in
// YAML 1.2.
func isText(n *yaml.Node) bool {
	switch strings.ToLower(n.Value) {
	case "y", "n", "yes", "no", "on", "off":
		return false
	}
	return n.ShortTag() == "!!str"
}

// keyHint shows a key that is nearly one as it must be.
func keyHint(key string) string {
	const form = "a key is a lower-case letter, then lower-case letters, digits and _, at most 63 in all"
	fixed := strings.NewReplacer("-", "_", ".", "_", "/", "_", " ", "_").Replace(strings.ToLower(key))
	if fixed != key && labelKey.MatchString(fixed) {
		return fmt.Sprintf("write %s; %s", fixed, form)
	}
	return form
}
