package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Digest names what a plan does, in 32 hexadecimal digits: two plans have the same
// digest exactly when they make the same changes to the same servers, of the same
// account and endpoint, from the same observed old values, by the same policies.
// Reasons, names of plans and all else that is only shown do not count.
func (p *Plan) Digest() string {
	h := sha256.New()
	enc := json.NewEncoder(h) // a hash's Write never fails, nor does encoding text
	enc.Encode([]string{"fleet plan 1", p.Account, p.Endpoint})
	for _, c := range p.Changes {
		enc.Encode(identity(c))
	}
	for _, policy := range p.policies() {
		enc.Encode(policy)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]) // 128 bits: no other plan has it, however hard one is searched for
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// ParseDigest reads a digest as people hand it on, with space around it and in
// either case, and returns it as Plan.Digest writes it.
func ParseDigest(text string) (string, error) {
	digest := strings.ToLower(strings.TrimSpace(text))
	if !digestForm.MatchString(digest) {
		return "", errors.New("not a digest: it is not 32 hexadecimal digits")
	}
	return digest, nil
}

// Unapproved lists the changes of a new plan that are not approved, in the plan's
// order. left is what is left of the plan that was approved (Plan.Remaining), by the
// same observation as the new plan. A change with another old or new value, to
// another server, by another policy, or of another account or endpoint is not approved.
//
// An apply of a digest resumes so: it keeps the plan of the digest before its first
// change; the next apply of that digest reads the kept plan, compares it with the
// servers, and goes on if the new plan has nothing that is unapproved.
func (p *Plan) Unapproved(left *Plan) []Change {
	if p.Account != left.Account || p.Endpoint != left.Endpoint {
		return p.Changes
	}
	approved, rules := make(map[string]bool, len(left.Changes)), left.Rules()
	for _, c := range left.Changes {
		approved[ruled(c, rules[c.About().Name].of(c))] = true
	}
	var unapproved []Change
	rules = p.Rules()
	for _, c := range p.Changes {
		policies := rules[c.About().Name].of(c)
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

// identity is all that makes a change what it is.
func identity(c Change) []string {
	s := c.About()
	id := []string{string(c.Action()), s.ID, s.Name}
	switch c := c.(type) {
	case *Create:
		id = append(id, specIdentity(c.Spec)...)
	case *Update:
		id = append(id, fieldsIdentity(c.Fields)...)
	case *Power:
		id = append(id, string(c.From))
	case *Replace:
		id = append(id, string(c.Mode), c.NextID)
		id = append(id, specIdentity(c.Spec)...)
		id = append(id, fieldsIdentity(c.Fields)...)
		id = append(id, serverIdentity(c.Old)...)
		id = append(id, fieldsIdentity(c.Finish)...)
	case *Delete:
		id = append(id, serverIdentity(c.Old)...)
	}
	return id
}

func specIdentity(s Spec) []string {
	key := Value{}
	if s.SSHKey != nil {
		key = Reference(*s.SSHKey)
	}
	return []string{s.Plan.ID, s.OS.ID, s.Location, textOrNull(s.Hostname).identity(), key.identity(), boolOrNull(s.BackupsEnabled).identity()}
}

func fieldsIdentity(fields []FieldChange) (id []string) {
	for _, f := range fields {
		id = append(id, string(f.Field), f.From.identity(), f.To.identity())
	}
	return id
}

// serverIdentity leaves backups_enabled out: only a detail tells it, and not every plan
// reads one.
func serverIdentity(s Server) []string {
	return []string{s.ID, s.Name, textOrNull(s.Hostname).identity(), string(s.Status), s.Location, s.Plan.ID, s.OS.ID}
}

// identity writes a value so that no two different ones look alike.
func (v Value) identity() string {
	if n, ok := v.v.(Named); ok {
		return "id " + n.ID
	}
	data, _ := json.Marshal(v.v) // nil, text and booleans always encode
	return string(data)
}

func boolOrNull(b *bool) Value {
	if b == nil {
		return Value{}
	}
	return Bool(*b)
}

// policies are all that decides how a plan is carried out, without the places in the
// file: none for a plan that no policy is about.
func (p *Plan) policies() (list []string) {
	for _, g := range p.Rollouts {
		if g.changes() {
			list = append(list, rolloutIdentity(g.Policy))
		}
	}
	for _, w := range p.Windows {
		list = append(list, windowIdentity(w))
	}
	for _, f := range p.Freezes {
		list = append(list, freezeIdentity(f))
	}
	for _, r := range p.Ready {
		r.Ready = withoutFolders(r.Ready)
		list = append(list, policyIdentity("ready", r))
	}
	return list
}

func rolloutIdentity(r fleet.Rollout) string {
	r.At = fleet.Pos{}
	r.Gate, r.Ready = withoutFolders(r.Gate), withoutFolders(r.Ready)
	r.Drain, r.Restore = withoutFolder(r.Drain), withoutFolder(r.Restore)
	return policyIdentity("rollout", r)
}

func probesIdentity(probes []fleet.Probe) string {
	return policyIdentity("ready", withoutFolders(probes))
}

func windowIdentity(w fleet.Window) string {
	w.At = fleet.Pos{}
	return policyIdentity("window", w)
}

func freezeIdentity(f fleet.Freeze) string {
	f.At = fleet.Pos{}
	return policyIdentity("freeze", f)
}

// policyIdentity writes a policy as documents have it.
func policyIdentity(kind string, policy any) string {
	data, _ := json.Marshal(policy) // texts and numbers always encode
	return encodeIdentity(kind, string(data))
}

// withoutFolders leaves out where commands run: another host may have the same files
// elsewhere.
func withoutFolders(probes []fleet.Probe) []fleet.Probe {
	probes = slices.Clone(probes)
	for i := range probes {
		probes[i].Command = withoutFolder(probes[i].Command)
	}
	return probes
}

func withoutFolder(c *fleet.Command) *fleet.Command {
	if c == nil {
		return nil
	}
	alone := *c
	alone.Dir = ""
	return &alone
}
