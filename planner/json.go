package planner

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// FormatVersion is the version of the plan document that Encode writes.
const FormatVersion = 2

// maxDocument bounds the document that Decode reads: a plan that changes 100,000
// servers takes about a tenth of it.
const maxDocument = 512 << 20

// head is what a document has before the plan, some of which Decode checks.
type head struct {
	FormatVersion int    `json:"format_version"`
	Checksum      string `json:"checksum"` // of all the rest of the document, its sentences aside
	Digest        string `json:"digest"`
}

// document is the plan as JSON, but for its changes, which are written one by one.
// Beside its reasons it has sentences.
type document struct {
	head
	Account  string         `json:"account"` // here too, for the order
	Endpoint string         `json:"endpoint"`
	Summary  map[Action]int `json:"summary"`
	Plan
	Blocked  []json.RawMessage `json:"blocked"`
	Excluded []json.RawMessage `json:"excluded,omitempty"`
	Notes    []json.RawMessage `json:"notes"`
}

// Sentences writes a reason about a server for people: what is the matter, and
// what to do about it. Either may be empty.
type Sentences func(name string, r Reason) (message, hint string)

// Encode writes a plan as a JSON document that Decode reads back to the same
// plan. It is written as it goes, one line a change. The sentences beside its
// reasons, none where say is nil, are for people and count for nothing.
func Encode(w io.Writer, p *Plan, say Sentences) error {
	if say == nil {
		say = silent
	}
	digest := p.Digest()
	return encode(w, p, say, digest, checksum(p, digest))
}

func silent(string, Reason) (message, hint string) { return "", "" }

// checksum covers all of a document but its sentences. It keeps a plan from being
// changed after its review, by accident or by somebody who does not know of it.
func checksum(p *Plan, digest string) string {
	h := sha256.New()
	_ = encode(h, p, silent, digest, "") // a hash's Write never fails
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func encode(w io.Writer, p *Plan, say Sentences, digest, checksum string) error {
	shown := *p
	shown.Cost.Rows, shown.Waits, shown.Unlisted = list(p.Cost.Rows), list(p.Waits), list(p.Unlisted)
	top, err := json.MarshalIndent(document{
		head{FormatVersion, checksum, digest}, p.Account, p.Endpoint, p.Count(), shown,
		tell(say, p.Blocked), tell(say, p.Excluded), tell(say, p.Notes),
	}, "", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(EscapeJSON(w))
	out.Write(bytes.TrimSuffix(top, []byte("\n}")))
	out.WriteString(",\n  \"changes\": [")
	for i, c := range p.Changes {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "\n    {\"action\":%q,%s", c.Action(), say.beside(c)[1:])
	}
	if len(p.Changes) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Flush()
}

// list makes an empty list of a nil one, so that JSON shows [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// tell writes a list with a sentence beside each reason.
func tell[T interface{ About() Subject }](say Sentences, list []T) []json.RawMessage {
	all := make([]json.RawMessage, len(list))
	for i, x := range list {
		all[i] = say.beside(x)
	}
	return all
}

// beside writes something with the sentence and the hint that its reason makes.
func (say Sentences) beside(x interface{ About() Subject }) []byte {
	data, _ := json.Marshal(x) // texts, numbers and booleans always encode
	message, hint := say(x.About().Name, x.About().Reason)
	for _, s := range [][2]string{{"message", message}, {"hint", hint}} {
		if s[1] != "" {
			text, _ := json.Marshal(s[1])
			data = fmt.Appendf(data[:len(data)-1], `,%q:%s}`, s[0], text)
		}
	}
	return data
}

// Decode reads a plan document. It refuses one of another version, one that is
// not whole, and one that was edited.
func Decode(r io.Reader) (*Plan, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxDocument:
		return nil, fmt.Errorf("not a plan: it is larger than %d MiB", maxDocument>>20)
	}
	var doc struct {
		head
		Plan
		Changes []json.RawMessage `json:"changes"`
	}
	err = json.Unmarshal(data, &doc)
	switch version := doc.FormatVersion; {
	case version != FormatVersion && version != 0:
		return nil, fmt.Errorf("the plan's format_version is %d; this fleet reads %d: make the plan again with this version", version, FormatVersion)
	case err != nil:
		return nil, fmt.Errorf("not a plan: %w", err)
	case version == 0:
		return nil, errors.New("not a plan: it has no format_version")
	}
	p := &doc.Plan
	for i, raw := range doc.Changes {
		c, err := decodeChange(raw)
		if err != nil {
			return nil, fmt.Errorf("not a plan: change %d: %w", i+1, err)
		}
		p.Changes = append(p.Changes, c)
	}
	if digest := p.Digest(); digest != doc.head.Digest || checksum(p, digest) != doc.Checksum {
		return nil, errors.New("the plan was edited after it was made, so nobody has reviewed it: make it again")
	}
	return p, nil
}

func decodeChange(raw json.RawMessage) (Change, error) {
	var kind struct {
		Action Action `json:"action"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, err
	}
	c := newChange(kind.Action)
	if c == nil {
		return nil, fmt.Errorf("unknown action %.40q", kind.Action)
	}
	return c, json.Unmarshal(raw, c)
}

func newChange(a Action) Change {
	switch a {
	case ActionCreate:
		return &Create{}
	case ActionUpdate:
		return &Update{}
	case ActionReplace:
		return &Replace{}
	case ActionStart, ActionStop, ActionReboot:
		return &Power{Verb: a}
	case ActionDelete:
		return &Delete{}
	}
	return nil
}
