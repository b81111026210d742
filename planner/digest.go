package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// Digest names what a plan does, in 32 hexadecimal digits: two plans have the same
// digest exactly when they make the same changes to the same servers, of the same
// account and endpoint, from the same observed old values, by the same policies. Reasons, names of plans
// and what else is only shown do not count.
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
	return hex.EncodeToString(h.Sum(nil)[:16]) // 128 bits: no other plan has it, whoever looks for one
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
