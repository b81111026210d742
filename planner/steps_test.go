package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/planner"
)

func TestSteps(t *testing.T) {
	for _, test := range []struct{ name, file, live, want string }{
		{"create", "servers: {a: {" + web + "}}", "", "create a, until active"},
		{"create and stop", "servers: {a: {" + web + ", status: stopped}}", "", "create a, until active, stop a, until stopped"},
		{"update", "servers: {a: {hostname: x}}", "1 a active", "update a #1"},
		{"reboot", "servers: {a: {hostname: x, reboot_on: [hostname]}}", "1 a active", "update a #1, reboot a #1, until #1 active"},
		{"delete", "servers: {a: {absent: true}}", "1 a active", "delete a #1, until #1 gone"},
		{"replace, delete first", "servers: {a: {plan: performance, replace: delete-first}}", "1 a active", "delete a #1, until #1 gone, create a, until active"},
		{"replace, create first", "servers: {a: {plan: performance, replace: create-first}}", "1 a active",
			"create a--next, until active, delete a #1, until #1 gone, update a"},
		{"its new server exists", "servers: {a: {plan: performance, replace: create-first}}", "1 a active,2 a--next provisioning plan=2",
			"until #2 active, delete a #1, until #1 gone, update a #2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range diff(t, test.file, servers(test.live)...).Changes {
				for _, s := range planner.Steps(c) {
					got = append(got, describeStep(s))
				}
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// A server is drained before it is disrupted, and restored once it is ready again. One
// that stops at once is neither awaited nor restored; but what may serve is drained.
func TestStepsOfARollout(t *testing.T) {
	const policy = "\nrollouts: {all: {names: ['*'], drain: {command: [leave]}, restore: {command: [join]}}}"
	for _, test := range []struct{ name, entry, live, want string }{
		{"create", "a: {" + web + "}", "", "create a, until active, ready, restore"},
		{"create and stop", "a: {" + web + ", status: stopped}", "", "create a, until active, stop a, until stopped"},
		{"reboot", "a: {hostname: x, reboot_on: [hostname]}", "1 a active", "turn, drain #1, update a #1, reboot a #1, until #1 active, ready #1, restore #1"},
		{"stop", "a: {status: stopped}", "1 a active", "turn, drain #1, stop a #1, until #1 stopped"},
		{"delete", "a: {absent: true}", "1 a active", "turn, drain #1, delete a #1, until #1 gone"},
		{"replace, delete first", "a: {plan: performance, replace: delete-first}", "1 a active",
			"turn, drain #1, delete a #1, until #1 gone, create a, until active, ready, restore"},
		{"replace, create first", "a: {plan: performance, replace: create-first}", "1 a active",
			"turn, create a--next, until active, ready, restore new, ready, drain #1, delete a #1, until #1 gone, update a"},
		{"replace, create first, and stop", "a: {plan: performance, replace: create-first, status: stopped}", "1 a active",
			"turn, create a--next, until active, drain #1, delete a #1, until #1 gone, update a, stop a, until stopped"},
		{"its new server may serve", "a: {plan: performance, replace: create-first, status: stopped}", "1 a active,2 a--next active plan=2",
			"turn, until #2 active, drain #2, drain #1, delete a #1, until #1 gone, update a #2, stop a, until stopped"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			p := diff(t, "servers: {"+test.entry+"}"+policy, servers(test.live)...)
			for _, j := range p.Jobs() {
				for _, task := range p.Tasks(j, p.Rules()[j.Name], true) {
					for _, s := range task.Steps {
						got = append(got, describeStep(s))
					}
				}
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func describeStep(s planner.Step) string {
	id := func(id string) string {
		if id == "" {
			return ""
		}
		return " #" + id
	}
	switch s := s.(type) {
	case planner.Request:
		about := s.Change.About()
		return fmt.Sprintf("%s %s%s", s.Change.Action(), about.Name, id(about.ID))
	case planner.Await:
		return fmt.Sprintf("until%s %s", id(s.ID), s.Target)
	case planner.Turn:
		return "turn"
	case planner.Drain:
		return "drain" + id(s.ID)
	case planner.Ready:
		return "ready" + id(s.ID)
	case planner.Restore:
		if s.New {
			return "restore new"
		}
		return "restore" + id(s.ID)
	}
	return fmt.Sprintf("%T", s)
}
