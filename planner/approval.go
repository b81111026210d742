package planner

// Unapproved lists the changes of a new plan that are not approved, in the plan's
// order. left is what is left of the plan that was approved (Plan.Remaining), by the
// same observation as the new plan. A change with another old or new value, to
// another server, by another policy, or of another account or endpoint is not approved.
//
// An apply of a digest resumes so: it keeps the plan of the digest before its first
// change; the next apply of that digest reads the kept plan, holds it against the
// servers, and goes on if the new plan has nothing that is unapproved.
func (p *Plan) Unapproved(left *Plan) []Change {
	if p.Account != left.Account || p.Endpoint != left.Endpoint {
		return p.Changes
	}
	approved, rules := make(map[string]bool, len(left.Changes)), left.ruling()
	for _, c := range left.Changes {
		approved[ruled(c, rules.of(c))] = true
	}
	var unapproved []Change
	rules = p.ruling()
	for _, c := range p.Changes {
		policies := rules.of(c)
		if !approved[ruled(c, policies)] && !approved[ruled(unmade(c), policies)] {
			unapproved = append(unapproved, c)
		}
	}
	return unapproved
}

// ruled is what makes a change what it is, with the policies that have a say in it.
func ruled(c Change, policies []string) string {
	return encodeIdentity(append(identity(c), policies...)...)
}

// unmade is a change of power as it was planned while its server was still to be
// made: without an id. What is left has such a change only for a server that the
// same plan makes, so no other server is taken for it.
func unmade(c Change) Change {
	if p, ok := c.(*Power); ok {
		return &Power{Subject: Subject{Name: p.Name}, Verb: p.Verb, From: p.From}
	}
	return c
}
