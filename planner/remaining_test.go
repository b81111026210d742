package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemaining(t *testing.T) {
	tests := []struct {
		name, file    string
		before, after []string
		want          string // the rest, then each conflict
	}{
		{"nothing happened", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active"}, lines("update a #1 hostname:(none)→x")},
		{"created already", "servers: {a: {" + web + "}}", nil, []string{"1 a active"}, ""},
		{"created already, still to be stopped", "servers: {a: {" + web + ", status: stopped}}", nil, []string{"1 a provisioning"},
			lines("stop a #1", "wait a #1 provisioning→active")},
		{"still to be created and stopped", "servers: {a: {" + web + ", status: stopped}}", nil, nil,
			lines("create a plan=1 os=5 at=us-west", "stop a")},
		{"another of that name", "servers: {a: {" + web + "}}", nil, []string{"1 a active plan=2"},
			lines("conflict a: to be created, but by now there is a server of that name, 1")},
		{"updated already", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active host=x"}, ""},
		{"edited meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active host=y"},
			lines("conflict a (1): hostname was (none) when the plan was made and is y now")},
		{"renamed meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 b active"},
			lines("conflict a (1): to be updated, but its name is b by now")},
		{"half done by somebody", "servers: {a: {renamed_from: b, hostname: x}}", []string{"1 b active"}, []string{"1 a active"},
			lines("conflict a (1): some of its fields were changed since the plan was made, some were not")},
		{"gone meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"2 a active"},
			lines("conflict a (1): to be updated, but it is gone")},
		{"an unread detail is no old value", "servers: {a: {backups_enabled: true}}", []string{"1 a active backups=off"}, []string{"1 a active"},
			lines("conflict a (1): backups_enabled was false when the plan was made and is (none) now")},
		{"suspended meanwhile", "servers: {a: {hostname: x}, b: {status: active}}", []string{"1 a active", "2 b stopped"}, []string{"1 a suspended", "2 b suspended"},
			lines(`conflict a (1): to be updated, but its status is "suspended" by now`, `conflict b (2): to start, but its status is "suspended" by now`)},
		{"stopped already", "servers: {a: {status: stopped}}", []string{"1 a active"}, []string{"1 a stopping"}, ""},
		{"rebooted or not, nobody can tell", "servers: {a: {hostname: x, reboot_on: [hostname]}}", []string{"1 a active"}, []string{"1 a active host=x"},
			lines("note a: its update is in place already; whether it was rebooted after it, nobody can tell, so it is not rebooted again")},
		{"stopped before its reboot", "servers: {a: {hostname: x, reboot_on: [hostname]}}", []string{"1 a active"}, []string{"1 a stopped"},
			lines("update a #1 hostname:(none)→x", "conflict a (1): to reboot, but it is stopped by now")},
		{"deleted already", "servers: {a: {absent: true}}", []string{"1 a active"}, nil, ""},
		{"its name used again", "servers: {a: {absent: true}}", []string{"1 a active"}, []string{"2 a active"},
			lines("conflict a (1): to be deleted, but it is gone, and another server has its name, 2")},
		{"its name used again, as planned", "owns: [a]\nunlisted: delete\nservers: {a: {id: 2}}", []string{"1 a active", "2 b active"}, []string{"2 a active"}, ""},
		{"created already, by somebody else", "servers: {a: {" + web + ", hostname: x}}", nil, []string{"1 a active host=y"},
			lines("conflict a: to be created, but by now there is a server of that name, 1")},
		{"its id used again", "servers: {a: {absent: true}}", []string{"1 a active"}, []string{"1 b active"},
			lines("conflict a (1): to be deleted, but its name was a when the plan was made and is b now")},
		{"started before its delete", "servers: {a: {absent: true}}", []string{"1 a stopped"}, []string{"1 a starting"},
			lines("conflict a (1): to be deleted, but its status was stopped when the plan was made and is active now")},
		{"delete-first, nothing happened", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"1 a active"},
			lines("replace a #1 delete-first plan:Standard VPS (1)→performance (2) with plan=2 os=5 at=us-west backups=true")},
		{"delete-first, deleted", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true, status: stopped}}", []string{"1 a active backups=on"}, nil,
			lines("create a plan=2 os=5 at=us-west backups=true", "stop a")},
		{"delete-first, done", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"2 a active plan=2"}, ""},
		{"delete-first, another came", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"2 a active plan=3"},
			lines("conflict a (1): to be replaced, but by now there is another server of that name, 2")},
		{"create-first, created", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"1 a active", "2 a--next active plan=2"},
			lines("replace a #1 create-first next=#2 plan:Standard VPS (1)→performance (2) with plan=2 os=5 at=us-west backups=true")},
		{"create-first, deleted", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true, status: stopped}}", []string{"1 a active backups=on"}, []string{"2 a--next active plan=2"},
			lines("update a #2 name:a--next→a", "stop a")},
		{"create-first, done", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true, status: stopped}}", []string{"1 a active backups=on"}, []string{"2 a stopped plan=2"}, ""},
		{"create-first, both gone", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true}}", []string{"1 a active backups=on"}, nil,
			lines("conflict a (1): to be replaced, but both it and its replacement are gone")},
		{"replaced one was edited", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"1 a active host=new"},
			lines("conflict a (1): to be replaced, but its hostname was (none) when the plan was made and is new now")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := diff(t, test.file, test.before...)
			rest, conflicts := p.Remaining(observe(t, test.after...))
			got := describe(rest)
			for _, c := range conflicts {
				got += "conflict " + c.Error() + "\n"
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestRemainingOfAnUntouchedWorldIsTheWholePlan(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	rest, conflicts := p.Remaining(observe(t, everythingLive...))
	if len(conflicts) > 0 || describe(rest) != describe(p) || rest.Digest() != p.Digest() {
		t.Errorf("%v\n%s", conflicts, cmp.Diff(describe(p), describe(rest)))
	}
	if got := strings.Join(p.DetailsFor(observe(t, everythingLive...).Servers), " "); got != "40 8" && got != "40" {
		t.Errorf("details read for %q", got)
	}
}
