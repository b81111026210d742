package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// remainingTests are plans, and what is left of them when servers have changed.
var remainingTests = []struct {
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
		lines("refused create a: taken #1")},
	{"updated already", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active host=x"}, ""},
	{"edited meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active host=y"},
		lines("refused update a: changed hostname:(none)→y")},
	{"renamed meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 b active"},
		lines("refused update a: changed name:a→b")},
	{"half done by somebody", "servers: {a: {renamed_from: b, hostname: x}}", []string{"1 b active"}, []string{"1 a active"},
		lines("update a #1 hostname:(none)→x")},
	{"gone meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"2 a active"},
		lines("refused update a: gone")},
	{"an unread detail counts as the old value", "servers: {a: {backups_enabled: true}}", []string{"1 a active backups=off"}, []string{"1 a active"},
		lines("update a #1 backups_enabled:false→true")},
	{"suspended meanwhile", "servers: {a: {hostname: x}, b: {status: active}}", []string{"1 a active", "2 b stopped"}, []string{"1 a suspended", "2 b suspended"},
		lines("refused update a: status suspended", "refused start b: status suspended")},
	{"stopped already", "servers: {a: {status: stopped}}", []string{"1 a active"}, []string{"1 a stopping"}, ""},
	{"rebooted or not, nobody can tell", "servers: {a: {hostname: x, reboot_on: [hostname]}}", []string{"1 a active"}, []string{"1 a active host=x"},
		lines("note a: reboot_uncertain")},
	{"stopped before its reboot", "servers: {a: {hostname: x, reboot_on: [hostname]}}", []string{"1 a active"}, []string{"1 a stopped"},
		lines("refused update a: needs a", "refused reboot a: changed status:active→stopped")},
	{"deleted already", "servers: {a: {absent: true}}", []string{"1 a active"}, nil, ""},
	{"its name used again", "servers: {a: {absent: true}}", []string{"1 a active"}, []string{"2 a active"},
		lines("refused delete a: taken #2")},
	{"its name used again, as planned", "owns: [a]\nunlisted: delete\nservers: {a: {id: 2}}", []string{"1 a active", "2 b active"}, []string{"2 a active"}, ""},
	{"created already, by somebody else", "servers: {a: {" + web + ", hostname: x}}", nil, []string{"1 a active host=y"},
		lines("refused create a: taken #1")},
	{"its id used again", "servers: {a: {absent: true}}", []string{"1 a active"}, []string{"1 b active"},
		lines("refused delete a: changed name:a→b")},
	{"started before its delete", "servers: {a: {absent: true}}", []string{"1 a stopped"}, []string{"1 a starting"},
		lines("refused delete a: changed status:stopped→active")},
	{"delete-first, nothing happened", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"1 a active"},
		lines("replace a #1 delete-first plan:Standard VPS (1)→performance (2) with plan=2 os=5 at=us-west backups=true")},
	{"delete-first, deleted", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true, status: stopped}}", []string{"1 a active backups=on"}, nil,
		lines("create a plan=2 os=5 at=us-west backups=true", "stop a")},
	{"delete-first, done", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"2 a active plan=2"}, ""},
	{"delete-first, another came", "servers: {a: {plan: performance, replace: delete-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"2 a active plan=3"},
		lines("refused replace a: taken #2")},
	{"create-first, created", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"1 a active", "2 a--next active plan=2"},
		lines("replace a #1 create-first next=#2 plan:Standard VPS (1)→performance (2) with plan=2 os=5 at=us-west backups=true")},
	{"create-first, the failed one is deleted", failedNext, []string{"1 a active backups=on", "2 a--next error plan=2"}, []string{"1 a active backups=on"},
		lines("replace a #1 create-first plan:Standard VPS (1)→performance (2) with plan=2 os=5 at=us-west backups=true")},
	{"create-first, the failed one has recovered", failedNext, []string{"1 a active backups=on", "2 a--next error plan=2"}, []string{"1 a active backups=on", "2 a--next active plan=2"},
		lines("refused replace a: needs a--next", "refused delete a--next: changed status:error→active")},
	{"create-first, deleted", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true, status: stopped}}", []string{"1 a active backups=on"}, []string{"2 a--next active plan=2"},
		lines("update a #2 name:a--next→a", "stop a")},
	{"create-first, done", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true, status: stopped}}", []string{"1 a active backups=on"}, []string{"2 a stopped plan=2"}, ""},
	{"create-first, both gone", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true}}", []string{"1 a active backups=on"}, nil,
		lines("refused replace a: gone")},
	{"one of two is suspended", "servers: {a: {hostname: x}, b: {hostname: x}}", []string{"1 a active", "2 b active"}, []string{"1 a suspended", "2 b active"},
		lines("update b #2 hostname:(none)→x", "refused update a: status suspended")},
	{"nobody takes a name that is not released", "unlisted: delete\nservers: {a: {id: 2}, b: {id: 3}, c: {hostname: x}}",
		[]string{"1 a active", "2 b active", "3 x active", "4 c active"}, []string{"1 a active host=mine", "2 b active", "3 x active", "4 c active"},
		lines("update c #4 hostname:(none)→x", "refused update a: needs a", "refused update b: needs a", "refused delete a: changed hostname:(none)→mine")},
	{"a new server is not stopped that cannot be made", "servers: {a: {" + web + ", status: stopped}}", nil, []string{"1 a active plan=2"},
		lines("refused create a: taken #1", "refused stop a: needs a")},
	{"a delete that is in no doubt goes on", "servers: {a: {absent: true}, b: {absent: true}}", []string{"1 a active", "2 b active"}, []string{"1 a active host=mine", "2 b active"},
		lines("delete b #2", "refused delete a: changed hostname:(none)→mine")},
	{"replaced one was edited", "servers: {a: {plan: performance, replace: create-first, backups_enabled: true}}", []string{"1 a active backups=on"}, []string{"1 a active host=new"},
		lines("refused replace a: changed hostname:(none)→new")},
}

func TestRemaining(t *testing.T) {
	for _, test := range remainingTests {
		t.Run(test.name, func(t *testing.T) {
			p := diff(t, test.file, test.before...)
			rest, refused := p.Remaining(observe(t, test.after...))
			got := describe(rest)
			for _, x := range refused {
				got += "refused " + describeRefused(x) + "\n"
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestRemainingOfAnUntouchedWorldIsTheWholePlan(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	rest, refused := p.Remaining(observe(t, everythingLive...))
	if len(refused) > 0 || describe(rest) != describe(p) || rest.Digest() != p.Digest() {
		t.Errorf("%v\n%s", refused, cmp.Diff(describe(p), describe(rest)))
	}
	if got := strings.Join(p.DetailsFor(observe(t, everythingLive...).Servers), " "); got != "40 8" && got != "40" {
		t.Errorf("details read for %q", got)
	}
}

// failedNext makes a NAME--next anew that could not be made.
const failedNext = "servers: {a: {plan: performance, replace: create-first, replace_failed: true, backups_enabled: true}}"
