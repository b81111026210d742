package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// Every kind of line is one line, is what the schema says, and carries nothing
// that a terminal would obey.
func TestEventLines(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/events.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	p := everything()
	at := time.Date(2025, 1, 10, 15, 30, 0, 500e6, time.FixedZone("", 3600))
	hostile := &planner.Delete{Subject: planner.Subject{Name: "a\x1b[2J\u202e\n\"<b>##[add-mask]", ID: "7"}}
	text := string(RunLine(p, at))
	for _, e := range []apply.Event{
		apply.ChangeStarted{Change: p.Changes[0]},
		apply.ChangeStarted{Change: hostile},
		apply.ChangePutOff{Change: p.Changes[0], Err: errors.New("PATCH: 423"), Pause: 1500 * time.Millisecond},
		apply.ChangePutOff{Change: hostile, Err: errors.New("x\x1b\u202e##["), Pause: time.Second},
		apply.WaitStarted{Name: "web-03", ID: "12345", Target: "active"},
		apply.WaitStarted{Name: "web-04", Target: "resolved"},
		apply.Progress{Servers: []apply.InTransit{{Name: "web-03", Status: planner.StatusProvisioning, Age: 10 * time.Second}, {Name: "web-04"}}},
		apply.GroupProgress{GroupResult: rollings[0].group},
		apply.GroupProgress{GroupResult: rollings[4].group},
		ending(p.Changes[0], apply.Done, "12345", nil, 90*time.Second),
		ending(p.Changes[2], apply.Failed, "12346", refused("PATCH: 400"), time.Second),
		ending(hostile, apply.Unknown, "7", hinted{"no answer\x1b", "look\u202e"}, 0),
		ending(p.Changes[1], apply.NotStarted, "", nil, 0),
		apply.ChangeFinished{Report: apply.Report{Change: p.Changes[0], Outcome: apply.Done, ID: "12345", IPAddress: "203.0.113.10"}},
		apply.ChangeFinished{Report: apply.Report{Wait: &p.Waits[0], Outcome: apply.Done, ID: "12349"}, Left: 3},
	} {
		text += string(EventLine(e, at))
	}
	text += string(ResultLine(mixedResult(), at))
	for line := range strings.Lines(text) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s%v", line, err)
		}
	}
	if i := bytes.IndexAny([]byte(text), "\x1b\u202e"); i >= 0 {
		t.Errorf("a raw character in %q", text[i:])
	}
	if strings.Contains(text, "##[") {
		t.Error("a CI system would obey what a server is named")
	}
	golden(t, "events", text)
}
