package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// listFaults are the ways in which an answer is not what it should be. All but
// the useful ones make a list that nothing may be concluded from.
var listFaults = []fault{
	{kind: "a list lacks a server that it counts", on: lists, spoil: func(d dice, p map[string]any) {
		if r := results(p); len(r) > 0 {
			at := d.below(len(r))
			p["results"] = append(append([]any{}, r[:at]...), r[at+1:]...)
		} else {
			p["count"] = 1
		}
	}},
	{kind: "a list counts less than it has", on: lists, spoil: func(_ dice, p map[string]any) {
		if r := results(p); len(r) > 0 {
			p["count"] = len(r) - 1
		} else {
			p["count"] = 7
		}
	}},
	{kind: "a list is empty but counts", on: lists, spoil: func(_ dice, p map[string]any) {
		p["count"], p["results"], p["next"] = max(1, len(results(p))), []any{}, nil
	}},
	{kind: "a list repeats a server", on: lists, spoil: func(d dice, p map[string]any) {
		if r := results(p); len(r) > 1 {
			r[d.below(len(r)-1)] = r[len(r)-1]
		} else {
			p["count"] = len(r) + 1
		}
	}},
	{kind: "a list goes on elsewhere", on: lists, spoil: func(_ dice, p map[string]any) {
		p["next"] = "https://elsewhere.example/api/v1/servers/?page=2"
	}},
	{kind: "a list goes on for ever", on: lists, spoil: func(_ dice, p map[string]any) {
		p["next"] = "?page=1"
	}},
	{kind: "a list without results", on: lists, spoil: func(_ dice, p map[string]any) {
		delete(p, "results")
	}},
	{kind: "fields that nobody knows", on: reads, useful: true, spoil: func(_ dice, p map[string]any) {
		p["zone"] = map[string]any{"id": 7}
		for _, r := range results(p) {
			r.(map[string]any)["labels"] = []any{"x"}
		}
	}},
}

func results(p map[string]any) []any {
	r, _ := p["results"].([]any)
	return r
}

// spoilt is an answer with its JSON changed. A refusal is left as it is.
func spoilt(resp *http.Response, spoil func(map[string]any)) (*http.Response, error) {
	if spoil == nil || resp.StatusCode != http.StatusOK {
		return resp, nil
	}
	var p map[string]any
	in := json.NewDecoder(resp.Body)
	in.UseNumber()
	if err := in.Decode(&p); err != nil {
		return nil, err
	}
	spoil(p)
	body, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}
