package planner

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
)

// Sizes of a digest's parts, in characters.
const (
	headSize = 32     // 128 bits: no other plan has this head, whoever looks for one
	tagSize  = 6      // 36 bits: enough to tell changes apart that come about by chance
	maxTags  = 20_000 // 120,000 characters; Linux takes 131,071 in one argument
)

// Digest names what a plan does: two plans have the same digest exactly when
// they make the same changes to the same servers, of the same account and
// endpoint, from the same observed old values. Reasons, names of plans and what
// else is only shown do not count.
//
// It is 32 hexadecimal digits, its head, which stand for the whole plan, then a
// dot and six base64url characters, a tag, for each change and for what may be
// left of it, so that an Approval knows a part of the plan again; and a last tag by
// which it knows that none of that was lost. A plan without changes, and one that
// would need more than 20,000 tags, has a head only.
func (p *Plan) Digest() string {
	head := p.head()
	var tags strings.Builder
	for _, c := range p.Changes {
		for _, form := range stages(c) {
			tags.WriteString(p.tag(form))
		}
		if tags.Len() > maxTags*tagSize {
			return head
		}
	}
	if tags.Len() == 0 {
		return head
	}
	return head + "." + tags.String() + seal(head, tags.String())
}

var head = regexp.MustCompile(`^[0-9a-f]{32}$`)

// IsDigest reports whether a text has the form of a digest.
func IsDigest(text string) bool { return head.MatchString(text) }

// seal is the last tag of a digest.
func seal(head, tags string) string {
	sum := sha256.Sum256([]byte("fleet digest 1 " + head + " " + tags))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:tagSize]
}

// DigestIn is the digest for a place with room for so many characters: where it
// has more, it is its head, which approves the whole plan and no part of it.
func (p *Plan) DigestIn(room int) string {
	digest := p.Digest()
	if len(digest) > room {
		digest = digest[:headSize]
	}
	return digest
}

func (p *Plan) head() string {
	return hex.EncodeToString(p.sum("fleet plan 1", p.Changes...))[:headSize]
}

func (p *Plan) tag(c Change) string {
	return base64.RawURLEncoding.EncodeToString(p.sum("fleet change 1", c))[:tagSize]
}

// sum hashes changes, as ones of the plan's account and endpoint.
func (p *Plan) sum(what string, changes ...Change) []byte {
	h := sha256.New()
	enc := json.NewEncoder(h) // a hash's Write never fails, nor does encoding text
	enc.Encode([]string{what, p.Account, p.Endpoint})
	for _, c := range changes {
		enc.Encode(identity(c))
	}
	return h.Sum(nil)
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
