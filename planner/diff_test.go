package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/planner"
)

// lines joins what a plan should be described as.
func lines(l ...string) string {
	if len(l) == 0 {
		return ""
	}
	return strings.Join(l, "\n") + "\n"
}

const web = "plan: standard, os: ubuntu, location: us-west"

// diffTests are fleet files, the servers that are live, and the plan that follows.
var diffTests = []struct {
	name, file string
	live       []string
	want       string
}{
	{"nothing listed, nothing live", "servers: {}", nil, ""},
	{"create with all fields", "servers: {web-01: {" + web + ", hostname: '{name}.example.com', ssh_key: deploy, backups_enabled: true}}", nil,
		lines("create web-01 plan=1 os=5 at=us-west host=web-01.example.com key=42 backups=true")},
	{"create, then stop", "servers: {web-01: {" + web + ", status: stopped}}", nil,
		lines("create web-01 plan=1 os=5 at=us-west", "stop web-01")},
	{"create needs plan, os and location", "servers: {web-01: {plan: standard}}", nil,
		lines("blocked web-01 []: incomplete os location")},
	{"an existing server needs none of them", "servers: {web-01: {}}", []string{"1 web-01 active"}, ""},
	{"as it should be", "servers: {web-01: {" + web + ", hostname: a.example.com, backups_enabled: true, status: active}}",
		[]string{"1 web-01 active host=a.example.com backups=on"}, ""},
	{"one field", "servers: {web-01: {hostname: b.example.com}}", []string{"1 web-01 active host=a.example.com"},
		lines("update web-01 #1 hostname:a.example.com→b.example.com")},
	{"null is not empty", "servers: {web-01: {hostname: ''}}", []string{"1 web-01 active"},
		lines(`update web-01 #1 hostname:(none)→""`)},
	{"an undeclared hostname is not managed", "servers: {web-01: {}}", []string{"1 web-01 active host=drifted"}, ""},
	{"all three fields, stopped", "servers: {web-01: {renamed_from: old, hostname: b, backups_enabled: false}}",
		[]string{"7 old stopped host=a backups=on"},
		lines("update web-01 #7 name:old→web-01 hostname:a→b backups_enabled:true→false")},
	{"the API does not tell backups", "servers: {web-01: {backups_enabled: true}}", []string{"1 web-01 active"},
		lines("blocked web-01 [1]: unread backups_enabled")},
	{"start", "servers: {web-01: {status: active}}", []string{"1 web-01 stopped"}, lines("start web-01 #1")},
	{"stop", "servers: {web-01: {status: stopped}}", []string{"1 web-01 active"}, lines("stop web-01 #1")},
	{"power is not managed unless declared", "servers: {web-01: {}}", []string{"1 web-01 stopped"}, ""},
	{"reboot after an update", "servers: {web-01: {hostname: b, reboot_on: [hostname]}}", []string{"1 web-01 active host=a"},
		lines("update web-01 #1 hostname:a→b", "reboot web-01 #1")},
	{"no reboot for another field", "servers: {web-01: {backups_enabled: true, reboot_on: [hostname]}}", []string{"1 web-01 active backups=off"},
		lines("update web-01 #1 backups_enabled:false→true")},
	{"no reboot of a server that is started or stopped anyway",
		"servers: {a: {hostname: b, status: active, reboot_on: [hostname]}, b: {hostname: b, status: stopped, reboot_on: [hostname]}, c: {hostname: b, reboot_on: [hostname]}}",
		[]string{"1 a stopped host=a", "2 b active host=a", "3 c stopped host=a"},
		lines("update a #1 hostname:a→b", "update b #2 hostname:a→b", "update c #3 hostname:a→b", "start a #1", "stop b #2")},
	{"waits, then what remains", "servers: {a: {status: active}, b: {status: active}, c: {hostname: x}, d: {status: stopped}}",
		[]string{"1 a stopping", "2 b provisioning", "3 c rebooting", "4 d starting"},
		lines("update c #3 hostname:(none)→x", "start a #1", "stop d #4",
			"wait a #1 stopping→stopped", "wait b #2 provisioning→active", "wait c #3 rebooting→active", "wait d #4 starting→active")},
	{"suspended and unheard-of", "servers: {a: {hostname: x}, b: {status: active}}", []string{"1 a suspended", "2 b error"},
		lines(`blocked a [1]: status suspended`,
			`blocked b [2]: status error`)},
	{"plan, os and location differ, no leave to replace", "servers: {web-01: {plan: performance, os: debian, location: us-east, hostname: x}}",
		[]string{"1 web-01 active"},
		lines("blocked web-01 [1]: needs_replace plan:Standard VPS (1)→performance (2) os:Ubuntu 22.04 LTS (5)→debian (3) location:us-west→us-east")},
	{"replace, delete first", "servers: {web-01: {plan: performance, replace: delete-first, hostname: b, backups_enabled: true}}",
		[]string{"1 web-01 active host=a backups=off"},
		lines("replace web-01 #1 delete-first plan:Standard VPS (1)→performance (2) hostname:a→b backups_enabled:false→true with plan=2 os=5 at=us-west host=b backups=true")},
	{"replace keeps what is not declared", "servers: {web-01: {location: us-east, replace: create-first, status: stopped}}",
		[]string{"1 web-01 active host=a"},
		lines("replace web-01 #1 create-first location:us-west→us-east with plan=1 os=5 at=us-east host=a", "stop web-01",
			"note web-01: backups_default")},
	{"create-first, the new server is there", "servers: {web-01: {location: us-east, replace: create-first, backups_enabled: false}}",
		[]string{"1 web-01 active backups=off", "2 web-01--next provisioning at=us-east"},
		lines("replace web-01 #1 create-first next=#2 location:us-west→us-east with plan=1 os=5 at=us-east backups=false")},
	{"create-first, the old server is gone", "servers: {web-01: {location: us-east, replace: create-first, status: stopped}}",
		[]string{"2 web-01--next active at=us-east"},
		lines("update web-01 #2 name:web-01--next→web-01", "stop web-01 #2")},
	{"create-first, what is left does not fit", "servers: {web-01: {location: us-east, replace: create-first}}",
		[]string{"1 web-01 active", "2 web-01--next active at=eu-central"},
		lines("blocked web-01 [2]: next_unfit #2")},
	{"create-first, what is left has failed", "servers: {web-01: {location: us-east, replace: create-first, backups_enabled: false}}",
		[]string{"1 web-01 active backups=off", "2 web-01--next error at=us-east"},
		lines("blocked web-01 [2]: next_unfit #2")},
	{"create-first, what has failed may be replaced", "servers: {web-01: {location: us-east, replace: create-first, replace_failed: true, backups_enabled: false}}",
		[]string{"1 web-01 active backups=off", "2 web-01--next error at=us-east"},
		lines("replace web-01 #1 create-first location:us-west→us-east with plan=1 os=5 at=us-east backups=false", "delete web-01--next #2")},
	{"create-first, what has failed is protected", "protect: [web-01--next]\nservers: {web-01: {location: us-east, replace: create-first, replace_failed: true}}",
		[]string{"1 web-01 active", "2 web-01--next error at=us-east"},
		lines("blocked web-01 [2]: next_unfit #2")},
	{"create-first, what is unfit has not failed", "servers: {web-01: {location: us-east, replace: create-first, replace_failed: true}}",
		[]string{"1 web-01 active", "2 web-01--next active at=eu-central"},
		lines("blocked web-01 [2]: next_unfit #2")},
	{"create-first, nobody needs what is left", "servers: {web-01: {location: us-west, replace: create-first}}",
		[]string{"1 web-01 active", "2 web-01--next active at=eu-central"},
		lines("note web-01: next_unneeded #2")},
	{"delete, absent", "servers: {old: {absent: true}, gone: {absent: true}}", []string{"9 old stopped"}, lines("delete old #9")},
	{"absent, and ended", "servers: {a: {absent: true}, b: {absent: true}, c: {absent: true}}", []string{"1 a suspended", "2 b error", "3 c failed"},
		lines("delete a #1", "delete b #2", "delete c #3")},
	{"absent, in an unknown status", "servers: {old: {absent: true}}", []string{"9 old melting"},
		lines(`blocked old [9]: status delete absent melting`)},
	{"absent, ended and protected", "protect: [old]\nservers: {old: {absent: true}}", []string{"9 old error"},
		lines(`blocked old [9]: protected delete absent old`)},
	{"protected from delete, replace and stop", "protect: ['db-*']\nservers: {db-1: {absent: true}, db-2: {plan: performance, replace: delete-first}, db-3: {status: stopped}, db-4: {hostname: x}}",
		[]string{"1 db-1 active", "2 db-2 active", "3 db-3 active", "4 db-4 active"},
		lines("update db-4 #4 hostname:(none)→x",
			`blocked db-1 [1]: protected delete absent db-*`,
			`blocked db-2 [2]: protected replace db-* plan:Standard VPS (1)→performance (2)`,
			`blocked db-3 [3]: protected stop db-*`)},
	{"not listed, not owned", "servers: {}", []string{"1 other active"}, ""},
	{"not listed, owned: reported", "owns: ['web-*']\nservers: {}", []string{"1 web-9 active"}, lines("unlisted web-9 #1")},
	{"not listed, owned: ignored", "owns: ['web-*']\nunlisted: ignore\nservers: {}", []string{"1 web-9 active"}, ""},
	{"not listed, owned: deleted", "owns: ['web-*']\nunlisted: delete\nprotect: [web-8]\nservers: {}",
		[]string{"1 web-9 starting", "2 web-8 active", "3 db-1 active", "4 web-7 suspended"},
		lines("delete web-9 #1", "wait web-9 #1 starting→active",
			`blocked web-7 [4]: status delete unlisted suspended`,
			`blocked web-8 [2]: protected delete unlisted web-8`)},
	{"duplicates", "unlisted: delete\nservers: {web-01: {hostname: x}}", []string{"1 web-01 active", "2 web-01 active"},
		lines("blocked web-01 [1 2]: duplicates web-01 #1 #2")},
	{"duplicates, one of them by its id", "servers: {web-01: {id: 2, hostname: x}}", []string{"1 web-01 active", "2 web-01 active"},
		lines("update web-01 #2 hostname:(none)→x", "unlisted web-01 #1")},
	{"a pin to nothing", "servers: {web-01: {id: 2}}", []string{"1 web-01 active"},
		lines("blocked web-01 []: unknown_id #2", "unlisted web-01 #1")},
	{"a pin renames", "servers: {web-01: {id: 2}}", []string{"2 other active"}, lines("update web-01 #2 name:other→web-01")},
	{"renamed_from, not there either", "servers: {web-01: {renamed_from: other, " + web + "}}", nil, lines("create web-01 plan=1 os=5 at=us-west")},
	{"renamed already", "servers: {web-01: {renamed_from: other}}", []string{"1 web-01 active", "2 other active"}, ""},
	{"a name that another keeps", "servers: {web-01: {id: 2}}", []string{"1 web-01 active", "2 other active"},
		lines("blocked web-01 []: name_taken web-01 #1", "unlisted web-01 #1")},
	{"a name that a delete frees", "unlisted: delete\nservers: {web-01: {id: 2}}", []string{"1 web-01 active", "2 other active"},
		lines("update web-01 #2 name:other→web-01", "delete web-01 #1")},
	{"names handed on in a row", "servers: {a: {id: 1}, b: {id: 2}}", []string{"1 b active", "2 c active"},
		lines("update a #1 name:b→a", "update b #2 name:c→b")},
	{"names in a circle", "servers: {a: {id: 1, status: stopped}, b: {id: 2}}", []string{"1 b active", "2 a active"},
		lines("blocked a []: name_circle a",
			"blocked b []: name_circle a")},
	{"ignored fields differ", "defaults: {os: unheard-of, plan: performance, ignore: [os, plan]}\nservers: {a: {location: us-west, hostname: x}}", []string{"1 a active host=y"},
		lines("update a #1 hostname:y→x")},
	{"ignored fields are used at create", "defaults: {os: debian, ignore: [os]}\nservers: {a: {plan: standard, location: us-west}}", nil,
		lines("create a plan=1 os=3 at=us-west")},
	{"ignored fields do not resolve at create", "defaults: {os: unheard-of, ignore: [os]}\nservers: {a: {plan: standard, location: us-west}}", nil,
		lines("blocked a []: unknown_name unheard-of os")},
	{"a field differs beside an ignored one", "servers: {a: {plan: performance, os: debian, ignore: [os], backups_enabled: true, replace: delete-first}}", []string{"1 a active backups=on"},
		lines("replace a #1 delete-first plan:Standard VPS (1)→performance (2) os:Ubuntu 22.04 LTS (5)→debian (3) with plan=2 os=3 at=us-west backups=true")},
	{"a name that the API would not take", "servers: {'web_01': {id: 1, hostname: x}}", []string{"1 web_01 active"},
		lines("update web_01 #1 hostname:(none)→x")},
	{"such a name would be sent", "servers: {'web_01': {id: 1, hostname: x}, 'web_02': {id: 2, plan: performance, replace: create-first}}",
		[]string{"1 web-01 active", "2 web_02 active"},
		lines("blocked web_01 [1]: unsendable_name", "blocked web_02 [2]: unsendable_name")},
	{"renamed from such a name", "servers: {web-01: {renamed_from: 'web_01'}}", []string{"1 web_01 active"},
		lines("update web-01 #1 name:web_01→web-01")},
	{"a name that differs in its case only", "servers: {web-01: {" + web + "}}", []string{"1 Web-01 active"},
		lines("create web-01 plan=1 os=5 at=us-west", "note web-01: almost_same_name #1")},
}

func TestDiff(t *testing.T) {
	for _, test := range diffTests {
		t.Run(test.name, func(t *testing.T) {
			got := describe(diff(t, test.file, test.live...))
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestSelectionOnlyNarrows(t *testing.T) {
	file := "owns: ['*']\nunlisted: delete\nservers: {a: {hostname: x, labels: {role: web}}, b: {hostname: x}, c: {id: 9, labels: {env: dev}}}"
	live := []string{"1 a active", "2 b active", "3 z active", "4 c active", "9 d active"}
	for _, test := range []struct {
		sel  planner.Selection
		want string
	}{
		{planner.Selection{Targets: []string{"a"}}, lines("update a #1 hostname:(none)→x")},
		{planner.Selection{Excludes: []string{"[b-z]"}}, lines("update a #1 hostname:(none)→x")},
		{planner.Selection{Targets: []string{"[ab]"}, Excludes: []string{"b"}}, lines("update a #1 hostname:(none)→x")},
		{planner.Selection{Targets: []string{"z"}}, lines("delete z #3")},
		{planner.Selection{Targets: []string{"d"}}, lines()}, // c's, and no unlisted one
		{planner.Selection{Targets: []string{"c"}}, lines("update c #9 name:d→c", "delete c #4")},
		{planner.Selection{Labels: selector(t, "role=web")}, lines("update a #1 hostname:(none)→x")},
		{planner.Selection{Labels: selector(t, "env!=dev")}, lines("update a #1 hostname:(none)→x", "update b #2 hostname:(none)→x")},
		{planner.Selection{Labels: selector(t, "!role,env!=dev")}, lines("update b #2 hostname:(none)→x")},
		{planner.Selection{Labels: selector(t, "role"), Targets: []string{"[b-z]"}}, lines()},
	} {
		p := planner.Diff(parse(t, file), observe(t, live...), test.sel)
		if d := cmp.Diff(test.want, describe(p)); d != "" {
			t.Errorf("%+v: -want +got\n%s", test.sel, d)
		}
	}
}

// A server that no entry lists is not selected by its name's labels, even where an
// entry of that name means another server.
func TestLabelsSelectNoUnlistedServer(t *testing.T) {
	file := "owns: ['*']\nunlisted: delete\nservers: {c: {id: 9, labels: {role: web}}}"
	for _, text := range []string{"role=web", "!none", "none!=x", "none notin (x)"} {
		p := planner.Diff(parse(t, file), observe(t, "3 z active", "4 c active", "9 d active"), planner.Selection{Labels: selector(t, text)})
		if n := p.Count()[planner.ActionDelete]; n > 0 || len(p.Unlisted) > 0 {
			t.Errorf("%s deletes %d servers and reports %v", text, n, p.Unlisted)
		}
	}
}

func TestDetailsForAsksOnlyForDeclaredBackups(t *testing.T) {
	f := parse(t, "servers: {a: {backups_enabled: true}, b: {}, c: {backups_enabled: true, "+web+"}, d: {backups_enabled: true}, f: {backups_enabled: true}}")
	servers := observe(t, "1 a active", "2 b active", "4 d suspended", "5 e active", "6 f active").Servers
	for _, test := range []struct {
		sel  planner.Selection
		want []string
	}{
		{planner.Selection{}, []string{"1", "6"}},
		{planner.Selection{Targets: []string{"a", "b"}}, []string{"1"}},
		{planner.Selection{Excludes: []string{"a"}}, []string{"6"}},
	} {
		if d := cmp.Diff(test.want, planner.DetailsFor(f, servers, test.sel)); d != "" {
			t.Errorf("%+v: %s", test.sel, d)
		}
	}
}

func TestScope(t *testing.T) {
	p := diff(t, "owns: ['web-*']\nservers: {web-1: {}, web-2: {"+web+"}, old: {absent: true}}", "1 web-1 active", "2 web-9 active", "3 old active", "4 other active")
	if want := (planner.Scope{Listed: 2, Selected: 2, Live: 3, Total: 4}); p.Scope != want {
		t.Errorf("got %+v, want %+v", p.Scope, want)
	}
}

// Updates and power changes say where their server is, the stop of a server that
// is still to be made where it will be.
func TestLocations(t *testing.T) {
	p := diff(t, "servers:\n  new-01: {"+web+", status: stopped}\n  web-01: {hostname: b.example.com, reboot_on: [hostname]}\n  web-02: {status: active}\n",
		"1 web-01 active host=a.example.com at=us-east", "2 web-02 stopped at=eu-west")
	got := map[string]string{}
	for _, c := range p.Changes {
		switch c := c.(type) {
		case *planner.Update:
			got["update "+c.Name] = c.Location
		case *planner.Power:
			got[string(c.Verb)+" "+c.Name] = c.Location
		}
	}
	want := map[string]string{"stop new-01": "us-west", "update web-01": "us-east", "reboot web-01": "us-east", "start web-02": "eu-west"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("locations (-want +got):\n%s", d)
	}
}
