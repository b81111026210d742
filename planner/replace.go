package planner

import "github.com/vps-fleet/fleet/fleet"

// rest is what is left of a replacement whose old server is gone: to create the
// new one, or to finish the one that is there.
func (c *Replace) rest(next string, finish []FieldChange) Change {
	s := Subject{c.Name, next, Reason{Code: CodeFinish}, c.Labels}
	if c.Mode == fleet.ReplaceDeleteFirst {
		return &Create{s, c.Spec}
	}
	return &Update{Subject: s, Fields: finish, Location: c.Spec.Location}
}

// finishName is the last step of a create-first replacement.
func finishName(name string) FieldChange {
	return FieldChange{fleet.FieldName, Text(name + fleet.NextSuffix), Text(name)}
}
