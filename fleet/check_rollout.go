package fleet

import (
	"slices"
	"strings"
)

// writtenPick is what a window or a freeze chooses, and where it stands.
type writtenPick struct {
	node node
	what string
	Pick
}

// checkPolicies holds rollouts, windows and freezes against each other and against
// the entries.
func (r *reader) checkPolicies() {
	r.checkAfter()
	for i := range r.rollouts {
		r.checkTimes(&r.rollouts[i])
		r.fleet.Rollouts = append(r.fleet.Rollouts, r.rollouts[i].Rollout)
	}
	if r.partial || len(r.problems) > 0 {
		return // what is missing may be in what could not be read
	}
	for i := range r.rollouts {
		r.checkGroup(&r.rollouts[i])
	}
	for _, p := range r.picks {
		if !slices.ContainsFunc(r.fleet.Servers, func(s Server) bool { return p.Matches(s.Name, s.Labels) }) {
			r.warnf(p.node, "", "this %s is for no server of the file", p.what)
		}
	}
}

// checkTimes refuses what contradicts itself within one rollout.
func (r *reader) checkTimes(w *writtenRollout) {
	if w.ReadyTimeout.Duration > 0 && w.ReadyFor.Duration > w.ReadyTimeout.Duration {
		r.problemf(w.values["ready_for"], "raise ready_timeout, or lower ready_for", "ready_for is longer than ready_timeout, so no server is ever ready")
	}
	if w.Pause != (Pause{}) && len(w.Steps) < 2 {
		r.problemf(w.values["pause"], "write steps: [1, 100%]", "a pause is between steps, and rollout %s has none", quote(w.Name))
	}
	if w.MaxUnavailable.Set && w.MaxUnavailable.N == 0 && (w.lacks("max_surge") || w.MaxSurge.N == 0) {
		r.problemf(w.values["max_unavailable"], "write max_surge as well, or a number from 1", "with max_unavailable %s and no max_surge nothing could ever be done", w.MaxUnavailable)
	}
	for i, step := range w.Steps {
		n := w.values["steps"].child(w.values["steps"].Content[i])
		switch last := i == len(w.Steps)-1; {
		case !step.Set:
		case step.N == 0:
			r.problemf(n, "leave it out", "a step of %s is none", step)
		case last && step != (Limit{Set: true, Percent: true, N: 100, Pos: step.Pos}):
			r.problemf(n, "add 100% at the end", "the last step of rollout %s is %s, so the rest would never follow", quote(w.Name), step)
		case i > 0 && step.Percent == w.Steps[i-1].Percent && step.N <= w.Steps[i-1].N:
			r.problemf(n, "each step is the whole number of servers done by its end", "step %s does not rise above %s", step, w.Steps[i-1])
		}
	}
}

// checkGroup holds a rollout against its members.
func (r *reader) checkGroup(w *writtenRollout) {
	chosen := slices.ContainsFunc(r.fleet.Servers, func(s Server) bool { return w.Matches(s.Name, s.Labels) })
	if !chosen {
		r.problemf(w.key, "without a server it would hold nothing back", "rollout %s matches no server of the file", quote(w.Name))
		return
	}
	size := w.Size(&r.fleet)
	if size == 0 {
		return // all are to be stopped or deleted
	}
	if w.MaxUnavailable.N > 0 && w.MaxUnavailable.Of(size) == 0 && (w.lacks("max_surge") || w.MaxSurge.N == 0) {
		r.problemf(w.values["max_unavailable"], "write a number, such as 1", "%s of the %s of rollout %s is none, so nothing could ever be done",
			w.MaxUnavailable, plural(size, "server"), quote(w.Name))
	}
	if w.MaxFailures >= size {
		r.warnf(w.values["max_failures"], "write fewer than the group has servers", "rollout %s has %s, so %d failures never stop it",
			quote(w.Name), plural(size, "server"), w.MaxFailures)
	}
	r.checkSteps(w, size)
	r.checkDomain(w)
	r.checkLabelsOf(w)
}

// checkSteps warns of a canary that is the whole group, and refuses steps that fall
// once percentages are numbers.
func (r *reader) checkSteps(w *writtenRollout, size int) {
	if len(w.Steps) > 1 && w.Steps[0].AtLeast(size) >= size {
		r.warnf(w.values["steps"], "", "the first step of rollout %s is all of its %s, so none of them is tried first", quote(w.Name), plural(size, "server"))
		return
	}
	for i := 1; i < len(w.Steps); i++ {
		if before, now := w.Steps[i-1], w.Steps[i]; now.AtLeast(size) < before.AtLeast(size) {
			r.problemf(w.values["steps"], "", "of %s, step %s is fewer than step %s", plural(size, "server"), now, before)
		}
	}
}

// checkDomain finds members that are in no domain.
func (r *reader) checkDomain(w *writtenRollout) {
	key, isLabel := strings.CutPrefix(w.Domain, DomainLabel)
	if isLabel {
		r.needLabel(w, w.values["domain"], key)
	}
}

// checkLabelsOf finds members without a label that a placeholder stands for.
func (r *reader) checkLabelsOf(w *writtenRollout) {
	for _, key := range labelsIn(w.Ready, w.Drain, w.Restore) {
		r.needLabel(w, w.key, key)
	}
}

func (r *reader) needLabel(w *writtenRollout, at node, key string) {
	for i := range r.fleet.Servers {
		s := &r.fleet.Servers[i]
		if _, there := s.Labels[key]; !there && w.IsMember(s) {
			r.problemf(at, "", "server %s of rollout %s has no label %s", quote(s.Name), quote(w.Name), key)
			return
		}
	}
}

// checkOwnLabels refuses an entry without a label that a placeholder of its own probes
// stands for.
func (r *reader) checkOwnLabels(key node, s *Server) {
	for _, label := range labelsIn(s.Ready) {
		if _, there := s.Labels[label]; !there {
			r.problemf(key, "", "server %s has no label %s, which its ready has in a placeholder", quote(key.Value), label)
		}
	}
}

// labelsIn are the keys of the labels that placeholders stand for.
func labelsIn(probes []Probe, commands ...*Command) (keys []string) {
	find := func(text string) {
		Expand(text, func(p string) string {
			if key, isLabel := strings.CutPrefix(p, DomainLabel); isLabel && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
			return ""
		})
	}
	for _, p := range probes {
		find(strings.Join(p.texts(), " "))
	}
	for _, c := range commands {
		if c != nil {
			find(strings.Join(c.Argv, " "))
		}
	}
	return keys
}
