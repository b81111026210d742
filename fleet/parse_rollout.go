package fleet

import (
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

// writtenRollout is a rollout with the places of its values, for what can be checked
// only once all entries are known.
type writtenRollout struct {
	Rollout
	object
	key node
}

// readRollouts takes in the rollouts of one file.
func (r *reader) readRollouts(n node) {
	for key, value := range r.pairs(n, "rollouts") {
		switch {
		case r.tooMany(key, len(r.rollouts), "rollouts"):
			return
		case !rolloutName.MatchString(key.Value):
			r.problemf(key, "letters, digits, - and _, at most 63 in all", "the name of rollout %s is malformed", quote(key.Value))
		case r.once("rollouts.", key):
			r.rollouts = append(r.rollouts, r.rollout(key, value))
		}
	}
}

// tooMany refuses more rollouts, windows or freezes than a fleet may have.
func (r *reader) tooMany(n node, have int, what string) bool {
	if have < maxPolicies {
		return false
	}
	r.problemf(n, "", "more than %d %s", maxPolicies, what)
	return true
}

// rollout reads one rollout.
func (r *reader) rollout(key, n node) writtenRollout {
	one := Limit{Set: true, N: 1}
	o := r.object(n, "a rollout", rolloutKeys)
	w := Rollout{
		Name: key.Value,
		Pick: r.pick(o),

		MaxUnavailable:   read(o, "max_unavailable", r.limit, one),
		MaxSurge:         read(o, "max_surge", r.limit, one),
		Domain:           read(o, "domain", r.domain, ""),
		After:            read(o, "after", r.after, nil),
		Steps:            read(o, "steps", r.steps, nil),
		Pause:            read(o, "pause", r.pause, Pause{}),
		MaxFailures:      read(o, "max_failures", r.count(0, maxServers), 0),
		Gate:             read(o, "gate", r.gate, nil),
		Ready:            read(o, "ready", r.probes, nil),
		ReadyTimeout:     read(o, "ready_timeout", r.duration, Duration{DefaultReadyTimeout}),
		MinDown:          read(o, "min_down", r.durationOrNone, Duration{DefaultMinDown}),
		ProgressDeadline: read(o, "progress_deadline", r.duration, Duration{DefaultProgressDeadline}),
		Drain:            read(o, "drain", r.hook, nil),
		Restore:          read(o, "restore", r.hook, nil),

		At: key.pos(),
	}
	readyFor := Duration{}
	if len(w.Ready)+len(w.Gate) > 0 {
		readyFor.Duration = min(DefaultReadyFor, w.ReadyTimeout.Duration)
	}
	w.ReadyFor = read(o, "ready_for", r.durationOrNone, readyFor)
	if o.lacks("names") && o.lacks("labels") {
		r.problemf(key, `write labels: role=web, or names: ["web-*"]`, "rollout %s says neither names nor labels", quote(key.Value))
	}
	return writtenRollout{w, o, key}
}

// after reads the names of rollouts that are to be done first.
func (r *reader) after(n node, what string) (names []string) {
	for item := range r.shortList(n, what) {
		names = append(names, r.string(item, "a rollout of after"))
	}
	return names
}

func (r *reader) steps(n node, what string) (steps []Limit) {
	for item := range r.shortList(n, what) {
		steps = append(steps, r.limit(item, "a step"))
	}
	return steps
}

// shortList gives the entries of a list that has no more than there can be policies.
func (r *reader) shortList(n node, what string) iter.Seq[node] {
	if len(n.Content) > maxPolicies {
		r.problemf(n, "", "%s lists more than %d", what, maxPolicies)
		n.Node = &yaml.Node{Kind: yaml.SequenceNode}
	}
	return r.items(n, what)
}

// pick reads the names and the labels by which a policy chooses entries.
func (r *reader) pick(o object) Pick {
	return Pick{Names: read(o, "names", r.pickNames, nil), Labels: read(o, "labels", r.selector, Selector{})}
}

func (r *reader) pickNames(n node, what string) (names []string) {
	for _, p := range r.patterns(n, what) {
		names = append(names, p.Pattern)
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.problemf(n, "leave it out to choose by labels alone", "names lists no pattern")
	}
	return names
}

func (r *reader) selector(n node, what string) Selector {
	if n.Kind == yaml.MappingNode {
		r.problemf(n, "write it as a selector, such as role=web,env!=dev", "labels here must be a selector, not a mapping")
		return Selector{}
	}
	s, ok := r.text(n, what)
	if !ok {
		return Selector{}
	}
	selector, bad := parseSelector(s)
	if bad != nil {
		r.flaw(n, bad)
	}
	return selector
}

func (r *reader) domain(n node, what string) string {
	s, ok := r.text(n, what)
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

// pause reads a time between steps, or manual.
func (r *reader) pause(n node, what string) Pause {
	if n.Value == "manual" && n.Kind == yaml.ScalarNode {
		return Pause{Manual: true}
	}
	return Pause{For: r.duration(n, what)}
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
			item := w.values["after"].child(w.values["after"].Content[i])
			switch {
			case names[name] == nil && !r.partial:
				hint := didYouMean(name, slices.Sorted(maps.Keys(names)))
				r.problemf(item, hint, "rollout %s is after %s, which is none", quote(w.Name), quote(name))
			case slices.Contains(w.After[:i], name):
				r.problemf(item, "", "after lists %s twice", quote(name))
			}
		}
		if circle := circleFrom(w.Name, w.Name, names, map[string]bool{}); circle != nil {
			r.problemf(w.values["after"], "take one of them out", "rollout %s waits for itself: %s", quote(w.Name), strings.Join(circle, " is after "))
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
