package planner

import (
	"encoding/json"
	"fmt"
)

// A document has, beside each reason, the sentence that people are shown. Who
// reads the document back reads the reason.

type told struct {
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

type toldBlocked struct {
	Blocked
	told
}

type toldExcluded struct {
	Excluded
	told
}

type toldNote struct {
	Note
	told
}

func silent(string, Reason) (message, hint string) { return "", "" }

func (say Sentences) told(name string, r Reason) told {
	message, hint := say(name, r)
	return told{message, hint}
}

func (say Sentences) blocked(list []Blocked) []toldBlocked {
	all := make([]toldBlocked, len(list))
	for i, b := range list {
		all[i] = toldBlocked{b, say.told(b.Name, b.Reason)}
	}
	return all
}

func (say Sentences) excluded(list []Excluded) []toldExcluded {
	all := make([]toldExcluded, len(list))
	for i, x := range list {
		all[i] = toldExcluded{x, say.told(x.Name, x.Reason)}
	}
	return all
}

func (say Sentences) notes(list []Note) []toldNote {
	all := make([]toldNote, len(list))
	for i, n := range list {
		all[i] = toldNote{n, say.told(n.Name, n.Reason)}
	}
	return all
}

// change writes a change with its action first.
func (say Sentences) change(c Change) ([]byte, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	line := fmt.Appendf(nil, `{"action":%q,%s`, c.Action(), body[1:])
	if message, _ := say(c.About().Name, c.About().Reason); message != "" {
		text, _ := json.Marshal(message) // text always encodes
		line = fmt.Appendf(line[:len(line)-1], `,"message":%s}`, text)
	}
	return line, nil
}
