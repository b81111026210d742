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

// document is the plan as JSON, but for its changes, which are written one by one.
type document struct {
	FormatVersion int            `json:"format_version"`
	Checksum      string         `json:"checksum"` // of all the rest of the document
	Digest        string         `json:"digest"`
	Account       string         `json:"account"`
	Endpoint      string         `json:"endpoint"`
	Summary       map[Action]int `json:"summary"`
	Scope         Scope          `json:"scope"`
	Cost          Cost           `json:"cost"`
	Guards        guardsJSON     `json:"guards"`
	Waits         []Wait         `json:"waits"`
	Blocked       []toldBlocked  `json:"blocked"`
	Unlisted      []Server       `json:"unlisted"`
	Excluded      []toldExcluded `json:"excluded,omitempty"`
	Notes         []toldNote     `json:"notes"`
}

// Sentences writes a reason about a server for people: what is the matter, and
// what to do about it. Either may be empty.
type Sentences func(name string, r Reason) (message, hint string)

// Encode writes a plan as a JSON document that Decode reads back to the same
// plan. It is written as it goes, one line a change. The sentences beside its
// reasons, none where say is nil, are for people and count for nothing.
func Encode(w io.Writer, p *Plan, say Sentences) error {
	digest := p.Digest()
	sum, err := checksum(p, digest)
	if err != nil {
		return err
	}
	if say == nil {
		say = silent
	}
	return encode(w, p, say, digest, sum)
}

// checksum is what a document must say of its own content, but for its sentences.
// It keeps a plan from being changed after its review, by accident or by somebody
// who does not know of it.
func checksum(p *Plan, digest string) (string, error) {
	h := sha256.New()
	err := encode(h, p, silent, digest, "")
	return hex.EncodeToString(h.Sum(nil)[:16]), err
}

func encode(w io.Writer, p *Plan, say Sentences, digest, checksum string) error {
	cost := p.Cost
	cost.Rows = list(cost.Rows)
	head, err := json.MarshalIndent(document{
		FormatVersion: FormatVersion, Checksum: checksum, Digest: digest, Account: p.Account, Endpoint: p.Endpoint,
		Summary: p.Count(), Scope: p.Scope, Cost: cost,
		Guards: guardsToJSON(p.Guards),
		Waits:  list(p.Waits), Unlisted: list(p.Unlisted),
		Blocked: say.blocked(p.Blocked), Excluded: say.excluded(p.Excluded), Notes: say.notes(p.Notes),
	}, "", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(EscapeJSON(w))
	out.Write(bytes.TrimSuffix(head, []byte("\n}")))
	out.WriteString(",\n  \"changes\": [")
	for i, c := range p.Changes {
		line, err := say.change(c)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		out.Write(line)
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
	var version struct {
		FormatVersion int `json:"format_version"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("not a plan: %w", err)
	}
	if version.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan's format_version is %d; this fleet reads %d: make the plan again with this version", version.FormatVersion, FormatVersion)
	}
	var doc wholeDocument
	if err := strictDecode(data, &doc); err != nil {
		return nil, fmt.Errorf("not a plan: %w", err)
	}
	p, err := doc.plan()
	if err != nil {
		return nil, fmt.Errorf("not a plan: %w", err)
	}
	digest := p.Digest()
	sum, err := checksum(p, digest)
	if err == nil && (sum != doc.Checksum || digest != doc.Digest) {
		err = errors.New("the plan was edited after it was made, so nobody has reviewed it: make it again")
	}
	return p, err
}

// wholeDocument is a document as it is read.
type wholeDocument struct {
	document
	Changes []json.RawMessage `json:"changes"`
}

func (doc wholeDocument) plan() (*Plan, error) {
	guards, err := doc.Guards.guards()
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Account: doc.Account, Endpoint: doc.Endpoint, Scope: doc.Scope, Cost: doc.Cost,
		Guards: guards,
		Waits:  doc.Waits, Unlisted: doc.Unlisted,
	}
	for _, b := range doc.Blocked {
		p.Blocked = append(p.Blocked, b.Blocked)
	}
	for _, x := range doc.Excluded {
		p.Excluded = append(p.Excluded, x.Excluded)
	}
	for _, n := range doc.Notes {
		p.Notes = append(p.Notes, n.Note)
	}
	for i, raw := range doc.Changes {
		c, err := decodeChange(raw)
		if err != nil {
			return nil, fmt.Errorf("change %d: %w", i+1, err)
		}
		p.Changes = append(p.Changes, c)
	}
	return p, nil
}

func decodeChange(raw json.RawMessage) (Change, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	var action Action
	if err := json.Unmarshal(fields["action"], &action); err != nil {
		return nil, fmt.Errorf("it has no action: %w", err)
	}
	delete(fields, "action")
	delete(fields, "message")
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	c := newChange(action)
	if c == nil {
		return nil, fmt.Errorf("unknown action %.40q", action)
	}
	if err := strictDecode(body, c); err != nil {
		return nil, err
	}
	return c, check(c)
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

// strictDecode reads one JSON value and refuses fields it does not know.
func strictDecode(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("more follows after the end")
	}
	return nil
}
