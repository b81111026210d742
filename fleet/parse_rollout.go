package fleet

import (
	"errors"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

var rolloutKeys = []string{
	"names", "labels", "max_unavailable", "max_surge", "domain", "after", "steps", "pause", "max_failures", "gate",
	"ready", "ready_for", "ready_timeout", "min_down", "progress_deadline", "drain", "restore",
}

// maxPolicies bounds the rollouts, the windows and the freezes of a fleet, each of
// which is held against every entry.
const maxPolicies = 200

var rolloutName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// writtenRollout is a rollout with the places of its keys, for what can be checked
// only once all entries are known.
type writtenRollout struct {
	Rollout
	key node
	at  map[string]node // the values, by key
}

// readRollouts takes in the rollouts of one file.
func (r *reader) readRollouts(n node) {
	for key, value := range r.pairs(n, "rollouts") {
		switch {
		case len(r.rollouts) == maxPolicies:
			r.problemf(key, "", "more than %d rollouts", maxPolicies)
			return
		case !rolloutName.MatchString(key.Value):
			r.problemf(key, "letters, digits, - and _, at most 63 in all", "the name of rollout %s is malformed", quote(key.Value))
		case r.once("rollouts.", key):
			r.rollouts = append(r.rollouts, r.rollout(key, value))
		}
	}
}

// rollout reads one rollout.
func (r *reader) rollout(key, n node) writtenRollout {
	one := Limit{Set: true, N: 1}
	w := writtenRollout{key: key, at: map[string]node{}, Rollout: Rollout{
		Name: key.Value, MaxUnavailable: one, MaxSurge: one, At: key.pos(),
		ReadyTimeout: Duration{DefaultReadyTimeout}, MinDown: Duration{DefaultMinDown}, ProgressDeadline: Duration{DefaultProgressDeadline},
	}}
	for field, value := range r.pairs(n, "a rollout") {
		w.at[field.Value] = value
		r.rolloutField(&w.Rollout, field, value)
	}
	if _, written := w.at["ready_for"]; !written && len(w.Ready)+len(w.Gate) > 0 {
		w.ReadyFor.Duration = min(DefaultReadyFor, w.ReadyTimeout.Duration)
	}
	if n.Kind == yaml.MappingNode && len(w.Names) == 0 && w.Labels.IsZero() && w.at["names"].Node == nil && w.at["labels"].Node == nil {
		r.problemf(key, `write labels: role=web, or names: ["web-*"]`, "rollout %s says neither names nor labels", quote(key.Value))
	}
	return w
}

func (r *reader) rolloutField(w *Rollout, key, value node) {
	switch key.Value {
	case "names", "labels":
		r.pick(&w.Pick, key, value)
	case "max_unavailable":
		w.MaxUnavailable = r.limit(value, key.Value)
	case "max_surge":
		w.MaxSurge = r.limit(value, key.Value)
	case "domain":
		w.Domain = r.domain(value)
	case "after":
		for item := range r.shortList(value, key.Value) {
			name, _ := r.text(item, "a rollout of after")
			w.After = append(w.After, name)
		}
	case "steps":
		for item := range r.shortList(value, key.Value) {
			w.Steps = append(w.Steps, r.limit(item, "a step"))
		}
	case "pause":
		w.Pause = r.pause(value)
	case "max_failures":
		w.MaxFailures = r.count(value, key.Value, 0, maxServers)
	case "gate":
		w.Gate = r.gate(value)
	case "ready":
		w.Ready = r.probes(value, key.Value)
	case "ready_for":
		w.ReadyFor = r.duration(value, key.Value, true)
	case "ready_timeout":
		w.ReadyTimeout = r.duration(value, key.Value, false)
	case "min_down":
		w.MinDown = r.duration(value, key.Value, true)
	case "progress_deadline":
		w.ProgressDeadline = r.duration(value, key.Value, false)
	case "drain":
		w.Drain = r.hook(value, key.Value)
	case "restore":
		w.Restore = r.hook(value, key.Value)
	default:
		r.unknownKey(key, "a rollout", rolloutKeys)
	}
}

// shortList gives the entries of a list that has no more than there can be policies.
func (r *reader) shortList(n node, what string) iter.Seq[node] {
	if len(n.Content) > maxPolicies {
		r.problemf(n, "", "%s lists more than %d", what, maxPolicies)
		n.Node = &yaml.Node{Kind: yaml.SequenceNode}
	}
	return r.items(n, what)
}

func (r *reader) unknownKey(key node, in string, known []string) {
	r.problemf(key, didYouMean(key.Value, known), "unknown key %s in %s", quote(key.Value), in)
}

// pick reads the names or the labels by which a policy chooses entries.
func (r *reader) pick(p *Pick, key, value node) {
	if key.Value == "names" {
		for pattern := range r.patterns(value, key.Value) {
			p.Names = append(p.Names, pattern.Pattern)
		}
		if value.Kind == yaml.SequenceNode && len(value.Content) == 0 {
			r.problemf(value, "leave it out to choose by labels alone", "names lists no pattern")
		}
		return
	}
	if value.Kind == yaml.MappingNode {
		r.problemf(value, "write it as a selector, such as role=web,env!=dev", "labels here must be a selector, not a mapping")
		return
	}
	s, ok := r.text(value, key.Value)
	if !ok {
		return
	}
	selector, err := ParseSelector(s)
	var bad *SelectorError
	if errors.As(err, &bad) {
		r.flaw(value, &flaw{len(string([]rune(s)[:bad.Column-1])), bad.Message, bad.hint})
	}
	p.Labels = selector
}

func (r *reader) domain(n node) string {
	s, ok := r.text(n, "domain")
	key, isLabel := strings.CutPrefix(s, DomainLabel)
	switch {
	case !ok:
	case isLabel && !labelKey.MatchString(key):
		r.problemf(n, keyHint(key), "domain names a label that no entry can have: %s", quote(key))
	case !isLabel && s != DomainLocation:
		r.problemf(n, "write location, or label:rack for the label rack", "domain must be location or a label, not %s", quote(s))
	}
	return s
}

func (r *reader) pause(n node) Pause {
	if n.Value == "manual" && n.Kind == yaml.ScalarNode {
		return Pause{Manual: true}
	}
	return Pause{For: r.duration(n, "pause", false)}
}

// rolloutNames are the names of all rollouts, sorted.
func (r *reader) rolloutNames() map[string]*writtenRollout {
	names := make(map[string]*writtenRollout, len(r.rollouts))
	for i := range r.rollouts {
		names[r.rollouts[i].Name] = &r.rollouts[i]
	}
	return names
}

// checkAfter refuses what no order of rollouts can satisfy.
func (r *reader) checkAfter() {
	names := r.rolloutNames()
	for _, w := range r.rollouts {
		for i, name := range w.After {
			item := w.at["after"].child(w.at["after"].Content[i])
			switch {
			case names[name] == nil && !r.partial:
				hint := didYouMean(name, slices.Sorted(maps.Keys(names)))
				r.problemf(item, hint, "rollout %s is after %s, which is none", quote(w.Name), quote(name))
			case slices.Contains(w.After[:i], name):
				r.problemf(item, "", "after lists %s twice", quote(name))
			}
		}
		if circle := circleFrom(w.Name, w.Name, names, map[string]bool{}); circle != nil {
			r.problemf(w.at["after"], "take one of them out", "rollout %s waits for itself: %s", quote(w.Name), strings.Join(circle, " is after "))
		}
	}
}

// circleFrom follows after from one rollout until it comes to another.
func circleFrom(name, to string, names map[string]*writtenRollout, seen map[string]bool) []string {
	if names[name] == nil || seen[name] {
		return nil
	}
	seen[name] = true
	for _, next := range names[name].After {
		if next == to {
			return []string{name, to}
		}
		if rest := circleFrom(next, to, names, seen); rest != nil {
			return append([]string{name}, rest...)
		}
	}
	return nil
}
