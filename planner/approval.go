package planner

import (
	"errors"
	"regexp"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Approval is what a digest approves: the plan that it names, and whatever is
// still to do of it once some of it is done. It is the answer to the question of
// Remaining where the plan itself was not kept. Its zero value approves nothing.
type Approval struct {
	head string
	tags map[string]bool // of the reviewed changes at every stage; empty where only the whole plan is approved
}

var digestForm = regexp.MustCompile(`^([0-9a-fA-F]{32})(?:\.((?:[\w-]{6})+))?$`)

// ParseDigest reads a digest as Plan.Digest writes it.
func ParseDigest(text string) (Approval, error) {
	parts := digestForm.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return Approval{}, errors.New("not a digest: it is neither 32 hexadecimal digits alone, nor these, a dot and six characters for each change")
	}
	a := Approval{head: strings.ToLower(parts[1]), tags: make(map[string]bool)}
	tags, last := "", parts[2]
	if end := len(last) - tagSize; end >= 0 {
		tags, last = last[:end], last[end:]
	}
	if last != "" && (tags == "" || last != seal(a.head, tags)) {
		return Approval{}, errors.New("not a whole digest: a part of it is missing or was changed")
	}
	for ; tags != ""; tags = tags[tagSize:] {
		a.tags[tags[:tagSize]] = true
	}
	return a, nil
}

// WholeOnly reports whether just the whole plan is approved, because the digest
// has no tags.
func (a Approval) WholeOnly() bool { return len(a.tags) == 0 }

// New lists the changes of a plan that were not approved, in the plan's order. A
// change of another account or endpoint, with another old or new value, or to
// another server is a new one.
func (a Approval) New(p *Plan) []Change {
	if p.head() == a.head {
		return nil
	}
	var unknown []Change
	for _, c := range p.Changes {
		if !a.tags[p.tag(c)] && !a.tags[p.tag(unbegun(c))] {
			unknown = append(unknown, c)
		}
	}
	return unknown
}

// stages are the forms in which a change may be found again by a later plan: as
// it is, and as what is left of a replacement whose old server is gone.
func stages(c Change) []Change {
	r, ok := c.(*Replace)
	switch {
	case !ok:
		return []Change{c}
	case r.NextID != "":
		return []Change{c, r.rest(r.NextID, r.Finish)}
	}
	return []Change{c, r.rest("", []FieldChange{finishName(r.Name)})}
}

// rest is what is left of a replacement whose old server is gone: to create the
// new one, or to finish the one that is there.
func (c *Replace) rest(next string, finish []FieldChange) Change {
	s := Subject{c.Name, next, "the rest of its replacement"}
	if c.Mode == fleet.ReplaceDeleteFirst {
		return &Create{s, c.Spec}
	}
	return &Update{Subject: s, Fields: finish, Location: c.Spec.Location}
}

// unbegun is a change as it was planned if an apply has made the server that it
// is about since then: without that server's id. A plan has such a change only
// where it makes the server itself, so no other change is taken for it.
func unbegun(c Change) Change {
	switch c := c.(type) {
	case *Power:
		return &Power{Subject: Subject{Name: c.Name}, Verb: c.Verb, From: c.From}
	case *Update:
		return &Update{Subject: Subject{Name: c.Name}, Fields: c.Fields}
	case *Replace:
		before := *c
		before.NextID, before.Finish = "", nil
		return &before
	}
	return c
}

// finishName is the last step of a create-first replacement.
func finishName(name string) FieldChange {
	return FieldChange{fleet.FieldName, Text(name + fleet.NextSuffix), Text(name)}
}
