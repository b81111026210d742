package render

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// allCodes are all that the planner declares.
var allCodes = declaredCodes()

func declaredCodes() (codes []planner.Code) {
	source, err := os.ReadFile("../../planner/reason.go")
	if err != nil {
		panic(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\tCode\w+ +Code = "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
		codes = append(codes, planner.Code(m[1]))
	}
	return codes
}

var (
	planDiffers  = planner.FieldChange{Field: fleet.FieldPlan, From: planner.Reference(standard), To: planner.Reference(performance)}
	next         = []planner.Other{{ID: "9", Name: "web-1--next"}}
	provisioning = []planner.FieldChange{{Field: fleet.FieldStatus, From: planner.Text("provisioning"), To: planner.Text("active")}}
	theEntry     = []fleet.Pos{at(3, 5)}
)

// sentences are all kinds of reasons, about web-1, with what is said of them.
var sentences = []struct {
	reason        planner.Reason
	message, hint string
}{
	{planner.Reason{Code: planner.CodeMissing, At: theEntry}, "no live server has this name (fleet.yaml:3:5)", ""},
	{differing(4, 5, fleet.FieldHostname), "hostname differs from fleet.yaml:4:5", ""},
	{differing(4, 5, fleet.FieldRenamedFrom, fleet.FieldHostname), "renamed_from at fleet.yaml:4:5; hostname differs from fleet.yaml:5:5", ""},
	{differing(4, 5, fleet.FieldID), "id at fleet.yaml:4:5", ""},
	{differing(4, 5, fleet.FieldReplace), "finishes the replacement of web-1", ""},
	{powered(planner.StatusActive, 3, 5), "status: active at fleet.yaml:3:5", ""},
	{powered(planner.StatusStopped, 3, 5), "status: stopped at fleet.yaml:3:5; a stopped server is still billed", ""},
	{causedAt(planner.CodeRebootOn, 3, 5), "reboot_on at fleet.yaml:3:5", ""},
	{immutable(fleet.ReplaceCreateFirst, 3, 5, fleet.FieldPlan, fleet.FieldOS), "the API cannot change plan, os; replace: create-first at fleet.yaml:3:5", ""},
	{planner.Reason{Code: planner.CodeFinish}, "the rest of its replacement", ""},
	{causedAt(planner.CodeAbsent, 3, 5), "absent: true at fleet.yaml:3:5", ""},
	{planner.Reason{Code: planner.CodeOwed, Since: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)},
		"owed since 2026-03-04 05:06 UTC: an earlier run has updated it, and did not come to the reboot", ""},
	{planner.Reason{Code: planner.CodeAskedFor}, "as was asked for", ""},
	{planner.Reason{Code: planner.CodeUnlisted}, "no entry lists it, and unlisted: delete", ""},

	{planner.Reason{Code: planner.CodeStatus, Status: "suspended", At: theEntry},
		`status is "suspended"`, "settle it with the provider"},
	{planner.Reason{Code: planner.CodeStatus, Status: "error", Action: planner.ActionDelete, Cause: planner.CodeAbsent, At: theEntry},
		`to be deleted (absent: true at fleet.yaml:3:5), but its status is "error"`, "settle it with the provider, or delete it by hand"},
	{planner.Reason{Code: planner.CodeUnread, Keys: []fleet.Field{fleet.FieldBackupsEnabled}, At: theEntry},
		"the API does not tell backups_enabled of this server", "leave backups_enabled out of the entry"},
	{planner.Reason{Code: planner.CodeProtected, Action: planner.ActionStop, Pattern: "web-*", At: theEntry, Allow: at(2, 11)},
		`to be stopped, but protected by "web-*"`, "take it out of protect (fleet.yaml:2:11) to stop it"},
	{planner.Reason{Code: planner.CodeProtected, Action: planner.ActionDelete, Cause: planner.CodeUnlisted, Pattern: "web-*", Allow: at(2, 11)},
		`to be deleted (no entry lists it, and unlisted: delete), but protected by "web-*"`, "take it out of protect (fleet.yaml:2:11) to delete it"},
	{planner.Reason{Code: planner.CodeProtected, Action: planner.ActionReplace, Pattern: "web-*", Fields: []planner.FieldChange{planDiffers}, At: []fleet.Pos{at(4, 7), at(3, 5)}, Allow: at(2, 11)},
		`plan is Standard VPS, not performance; protected by "web-*" from being replaced`,
		"take it out of protect (fleet.yaml:2:11) and write replace: in the entry at fleet.yaml:3:5; the old one's data is lost"},
	{planner.Reason{Code: planner.CodeNeedsReplace, Fields: []planner.FieldChange{planDiffers}, At: []fleet.Pos{at(4, 7)}, Allow: at(3, 5)},
		"plan is Standard VPS, not performance, which the API cannot change",
		"to have a new server in its place, write replace: delete-first, or create-first, in the entry at fleet.yaml:3:5; the old one's data is lost"},
	{planner.Reason{Code: planner.CodeNeedsReplace, Action: planner.ActionReplace, At: []fleet.Pos{at(4, 7)}, Allow: at(3, 5)},
		"its replacement was asked for, and its entry does not allow one",
		"write replace: delete-first, or create-first, in the entry at fleet.yaml:3:5; the old one's data is lost"},
	{planner.Reason{Code: planner.CodeProtected, Action: planner.ActionReplace, Pattern: "web-*", At: []fleet.Pos{at(4, 7), at(3, 5)}, Allow: at(2, 11)},
		`its replacement was asked for; protected by "web-*" from being replaced`,
		"take it out of protect (fleet.yaml:2:11) and write replace: in the entry at fleet.yaml:3:5; the old one's data is lost"},
	{planner.Reason{Code: planner.CodeAskedInVain, Action: planner.ActionStop, Status: "active", At: theEntry},
		"its stop was asked for, but it is to be active, so that the next apply would start it", "write status: stopped in the entry, or leave status out of it"},
	{planner.Reason{Code: planner.CodeAskedInVain, Action: planner.ActionStart, Status: "stopped", At: theEntry},
		"its start was asked for, but it is to be stopped, so that the next apply would stop it", "write status: active in the entry, or leave status out of it"},
	{planner.Reason{Code: planner.CodeAskedInVain, Action: planner.ActionReboot, Status: "stopped", At: theEntry},
		"its reboot was asked for, but it is stopped, or is to be", "ask for its start"},
	{planner.Reason{Code: planner.CodeAtOnce, Count: 7, Names: []string{"db-*", "web-*"}}, "7 servers of db-*, web-* are away at once",
		`to have one at a time, write rollouts: { tier: { names: ["db-*", "web-*"], max_unavailable: 1 } }`},
	{planner.Reason{Code: planner.CodeAskedDone, Since: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}, "an earlier run of this plan has rebooted it (2026-03-04 05:06 UTC)", ""},
	{planner.Reason{Code: planner.CodeAskedOfNew, Action: planner.ActionReboot}, "its reboot was asked for, but it is still to be created", ""},
	{planner.Reason{Code: planner.CodeRebootUnclear, Since: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)},
		"its reboot was sent after 2026-03-04 05:06 UTC; nobody can tell whether it was taken, so it is not sent again",
		"look when it booted; if that was before: fleet apply --reboot web-1"},
	{planner.Reason{Code: planner.CodeNextUnfit, Servers: next, At: theEntry},
		"to be replaced, but web-1--next (9) exists and is not what the replacement needs", "look at server 9, and delete it if nothing on it is needed"},
	{planner.Reason{Code: planner.CodeNextDiffers, Servers: next, Fields: []planner.FieldChange{planDiffers}, At: theEntry},
		"an unfinished replacement has left web-1--next (9), but plan is Standard VPS, not performance", "look at server 9: rename it to web-1 to keep it, or delete it"},
	{planner.Reason{Code: planner.CodeIncomplete, Keys: []fleet.Field{fleet.FieldOS, fleet.FieldLocation}, At: theEntry},
		"it does not exist, and cannot be created without os, location", "write os, location in the entry or in defaults"},
	{planner.Reason{Code: planner.CodeUnknownID, Servers: []planner.Other{{ID: "7"}}, At: theEntry},
		"no live server has the id 7", "correct the id, or remove the line to match by name or create the server"},
	{planner.Reason{Code: planner.CodeDuplicates, Name: "web-1", Servers: []planner.Other{{ID: "1", Monthly: ptr(fleet.Money(10_000_000))}, {ID: "2"}}, At: theEntry},
		"2 live servers are named web-1: 1 (10.00 a month), 2 (price unknown)", "write the id of the right one as id: in the entry at fleet.yaml:3:5"},
	{planner.Reason{Code: planner.CodeNextDuplicates, Name: "web-1--next", Servers: []planner.Other{{ID: "1"}, {ID: "2"}}, At: theEntry},
		"2 live servers are named web-1--next: 1 (price unknown), 2 (price unknown)", "an unfinished replacement is not clear; delete all but one of them"},
	{planner.Reason{Code: planner.CodeUnsendableName, At: theEntry},
		"its name in the file would be sent to the API, which takes letters, digits and hyphens alone", "give the entry a name of letters, digits and hyphens"},
	{planner.Reason{Code: planner.CodeNameTaken, Name: "web-1", Servers: []planner.Other{{ID: "1"}}, At: theEntry},
		"the name web-1 belongs to server 1, which keeps it", "rename or delete the other server, or list it in the file with the change it needs"},
	{planner.Reason{Code: planner.CodeNameCircle, Name: "web-2", At: theEntry},
		"servers exchange names in a circle through web-2", "rename one of them to a third name first"},
	{planner.Reason{Code: planner.CodeCorrected, Count: 3, Action: planner.ActionUpdate, Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text("a"), To: planner.Text("b")}}},
		"corrected in 3 runs in a row, and undone each time: hostname is a, not b", "find out who undoes it, or change the file; an apply that a person approves corrects it again"},
	{planner.Reason{Code: planner.CodeCorrected, Count: 3, Action: planner.ActionStart, Status: planner.StatusStopped},
		"corrected in 3 runs in a row, and undone each time: it is stopped", "find out who undoes it, or change the file; an apply that a person approves corrects it again"},
	{planner.Reason{Code: planner.CodeCorrected, Count: 3, Action: planner.ActionDelete},
		"corrected in 3 runs in a row, and undone each time: it exists", "find out who undoes it, or change the file; an apply that a person approves corrects it again"},
	{planner.Reason{Code: planner.CodeCorrected, Count: 3, Action: planner.ActionCreate},
		"corrected in 3 runs in a row, and undone each time: it does not exist", "find out who undoes it, or change the file; an apply that a person approves corrects it again"},
	{planner.Reason{Code: planner.CodeUnknownName, Keys: []fleet.Field{fleet.FieldPlan}, Name: "huge", Names: []string{"a", "b"}, Count: 9, At: theEntry},
		`unknown plan "huge": not in the catalog, and the API tells no such name`, "known are a, b, …; or add it to the catalog"},
	{planner.Reason{Code: planner.CodeUnknownName, Keys: []fleet.Field{fleet.FieldOS}, Name: "beos", At: theEntry},
		`unknown os "beos": not in the catalog, and the API tells no such name`, "write its id, or add it to the catalog"},
	{planner.Reason{Code: planner.CodeAmbiguousName, Keys: []fleet.Field{fleet.FieldPlan}, Name: "big", Names: []string{"1", "9"}, At: theEntry},
		`plan "big" may be any of the ids 1, 9`, "write the id, or name it in the catalog"},
	{planner.Reason{Code: planner.CodeUnavailable, Fields: []planner.FieldChange{{Field: fleet.FieldPlan, To: planner.Reference(performance)}}, At: theEntry},
		"the plan performance (2) is not available", "choose another plan or location"},
	{planner.Reason{Code: planner.CodeNotSoldAt, Fields: []planner.FieldChange{{Field: fleet.FieldPlan, To: planner.Reference(performance)}, {Field: fleet.FieldLocation, To: planner.Text("us-east")}}, Names: []string{"us-west", "eu"}, At: theEntry},
		"the plan performance (2) is not sold at us-east, only at us-west, eu", "choose another plan or location"},

	{planner.Reason{Code: planner.CodeNextUnneeded, Servers: next},
		"web-1--next (9) is left by a replacement that is not needed any more; it is billed, and fleet leaves it alone", ""},
	{planner.Reason{Code: planner.CodeNextLeft, Name: "web-1", Servers: next},
		"it is left by an unfinished replacement of web-1; it is billed, and fleet leaves it alone", ""},
	{planner.Reason{Code: planner.CodeBackupsDefault}, "backups_enabled is not declared, so it is off in the new server", ""},
	{planner.Reason{Code: planner.CodeAlmostSameName, Servers: []planner.Other{{ID: "1", Name: "Web-1"}}},
		"the live server Web-1 (1) has almost the same name; it is another server", ""},
	{planner.Reason{Code: planner.CodeUnshown, Action: planner.ActionUpdate}, "its update was done a moment ago, and the API does not show that yet; it is planned as if it did", ""},
	{planner.Reason{Code: planner.CodeRebootUncertain}, "its update is in place already; nobody can tell whether it was rebooted after it, so it is not rebooted again", ""},

	{planner.Reason{Code: planner.CodeGone, Action: planner.ActionUpdate}, "to update, but the server is gone, and this run did not delete it", "make a new plan"},
	{planner.Reason{Code: planner.CodeChanged, Action: planner.ActionStop, Fields: []planner.FieldChange{{Field: fleet.FieldName, From: planner.Text("a"), To: planner.Text("b")}}},
		"to stop, but name was a and is b now: somebody else has changed it, so it was left alone", "make a new plan"},
	{planner.Reason{Code: planner.CodeStatus, Action: planner.ActionUpdate, Status: "suspended"},
		`to update, but its status is "suspended" by now`, "settle it with the provider, then make a new plan"},
	{planner.Reason{Code: planner.CodeNextUnfit, Action: planner.ActionReplace, Servers: next},
		"to replace, but web-1--next (9) exists and is not what the replacement needs", "make a new plan"},
	{planner.Reason{Code: planner.CodeTaken, Servers: next}, "by now there is a server of that name, 9", "make a new plan"},
	{planner.Reason{Code: planner.CodeInterrupted}, "interrupted", ""},
	{planner.Reason{Code: planner.CodeRefused}, "the API refused it", ""},
	{planner.Reason{Code: planner.CodeNoCredit}, "an earlier create was refused for want of credit", ""},
	{planner.Reason{Code: planner.CodeNextFailed, Name: "web-1", At: theEntry}, "it could not be made, and is made anew for web-1 (replace_failed at fleet.yaml:3:5)", ""},
	{planner.Reason{Code: planner.CodeNoCreates}, "the API takes no more creates", ""},
	{planner.Reason{Code: planner.CodeNotSent}, "it could not be sent", ""},
	{planner.Reason{Code: planner.CodeToldToWait}, "the API asks for a longer wait than there is time for", ""},
	{planner.Reason{Code: planner.CodeUnanswered}, "it may have taken effect", ""},
	{planner.Reason{Code: planner.CodeUnresolved, Name: "web-1"}, "web-1 may have been created", ""},
	{planner.Reason{Code: planner.CodeUnresolved, Name: "web-1", Count: 3}, "the create was given up 3 times, and each time nothing was created", "the API does not answer creates reliably; run again later"},
	{planner.Reason{Code: planner.CodeUnfit, Name: "web-1", Servers: next}, "a server named web-1, id 9, has appeared that is not what was to be created", "look at it; then make a new plan"},
	{planner.Reason{Code: planner.CodeNotReady, Fields: provisioning}, "still provisioning, not active", "run again to go on waiting, or give --timeout more"},
	{planner.Reason{Code: planner.CodeEnded, Fields: provisioning}, "it ended provisioning, not active", ""},
	{planner.Reason{Code: planner.CodeUnstable, Count: 3}, "servers are being deleted or renamed while they are read; the list was out of date 3 times", "wait until nobody else changes them, then run again"},
	{planner.Reason{Code: planner.CodeNotNoted}, "it could not be noted in the state, so it was not sent", ""},
	{planner.Reason{Code: planner.CodeLeaseLost}, "the lease is lost", "run again when that apply has ended; fleet lock shows who has it"},
	{planner.Reason{Code: planner.CodeNotRead}, "nothing was sent, because it could not be read just before", ""},

	{planner.Reason{Code: planner.CodeOverBudget, Name: "web", Count: 2, Servers: []planner.Other{{Name: "web-3"}, {Name: "web-7"}}},
		"rollout web allows 2 unavailable at once; unavailable: web-3, web-7", ""},
	{planner.Reason{Code: planner.CodeUnreachable, Name: "web", Servers: []planner.Other{{Name: "web-3"}}},
		"no server of any rollout is ready as far as this host can tell; unavailable: web-3", "run fleet where the servers can be reached, or correct what ready: probes"},
	{planner.Reason{Code: planner.CodeNoBudget, Name: "web"}, "rollout web allows none to be unavailable, and no new server beside the old ones", "give it max_unavailable or max_surge"},
	{planner.Reason{Code: planner.CodeUnchecked, Name: "web"}, "it is not known yet which servers of rollout web are ready", ""},
	{planner.Reason{Code: planner.CodeUnready, Name: "web"}, "it is not ready and may hold the last good copy of its data, which would be destroyed",
		"look at it; then repair it, or give --allow-unready web-1"},
	{planner.Reason{Code: planner.CodeGate, Name: "db"}, "the gate of rollout db does not hold", ""},
	{planner.Reason{Code: planner.CodeDomain, Name: "db"}, "rollout db is at work in another domain", ""},
	{planner.Reason{Code: planner.CodeSurge, Name: "web"}, "rollout web allows no more new servers beside the old ones", ""},
	{planner.Reason{Code: planner.CodeStep, Name: "web"}, "the step that rollout web is in is not over", ""},
	{planner.Reason{Code: planner.CodeAfter, Name: "web", Names: []string{"db"}}, "rollout db is to be done before web", ""},
	{planner.Reason{Code: planner.CodePaused, Name: "web", Count: 1}, "rollout web is paused after step 1", "apply the same plan again to let it go on"},
	{planner.Reason{Code: planner.CodePaused, Name: "web", Count: 1, Until: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)},
		"rollout web is paused after step 1, until 2026-03-04 05:06 UTC", "run again then to let it go on"},
	{planner.Reason{Code: planner.CodeHalted, Name: "web", Servers: []planner.Other{{Name: "web-2"}}}, "rollout web has stopped because of web-2", "find out why, and run again"},
	{planner.Reason{Code: planner.CodeStalled, Name: "web", Since: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)},
		"rollout web has made no progress since 2026-03-04 05:06 UTC", "repair what it waits for, and run again"},
	{planner.Reason{Code: planner.CodeWindow, Until: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}, "no window is open for it for as long as it takes, until 2026-03-04 05:06 UTC", ""},
	{planner.Reason{Code: planner.CodeFreeze, Name: "holidays"}, "it is frozen for holidays", "wait, or give --override-freeze REASON"},
	{planner.Reason{Code: planner.CodeSelf}, "this host runs on it", "run fleet elsewhere, or give --allow-self"},
	{planner.Reason{Code: planner.CodeDrainFailed}, "its drain command failed, so it was not touched", "look at what the command says, and run again"},
	{planner.Reason{Code: planner.CodeRestoreFailed}, "it is ready, but its restore command failed", "the next apply restores it first"},
	{planner.Reason{Code: planner.CodeUnhealthy}, "it was not ready in time", "look at the server; the next apply waits for it again"},
	{planner.Reason{Code: planner.CodeSelfLast}, "this host runs on it, so it comes last", ""},

	{planner.Reason{Code: planner.CodeExcluded}, "its kind was excluded", ""},
	{planner.Reason{Code: planner.CodeNeeds, Name: "web-2"}, "what has to come before it, to web-2, was not done", ""},
	{planner.Reason{Code: planner.CodeNeeds, Action: planner.ActionUpdate, Name: "web-2"}, "it needs the update of web-2 first", ""},
}

func TestSentences(t *testing.T) {
	for _, test := range sentences {
		message, hint := Explain("web-1", test.reason)
		if message != test.message || hint != test.hint {
			t.Errorf("%s is\n%s\nhint: %s\nwant\n%s\nhint: %s", test.reason.Code, message, hint, test.message, test.hint)
		}
	}
}

// Every code that the planner declares has a sentence, and the table has every code.
func TestEveryCodeHasASentence(t *testing.T) {
	tested := make(map[planner.Code]bool)
	for _, s := range sentences {
		tested[s.reason.Code] = true
		if s.message == "" {
			t.Errorf("%s says nothing", s.reason.Code)
		}
	}
	for _, c := range allCodes {
		if !tested[c] {
			t.Errorf("no sentence of %s is tested", c)
		}
		_, _ = Explain("web-1", planner.Reason{Code: c}) // a document may lack what a sentence has
	}
	if len(allCodes) < 40 {
		t.Errorf("only %d codes are found", len(allCodes))
	}
}

// What stands behind a $ in the tables is a word.
func TestEveryWordIsKnown(t *testing.T) {
	for _, said := range append(slices.Collect(maps.Values(sayings)), slices.Collect(maps.Values(outcomes))...) {
		os.Expand(said.Message+" "+said.Hint, func(name string) string {
			if words[name] == nil && name != "cause" {
				t.Errorf("%q: no word is $%s", said.Message, name)
			}
			return ""
		})
	}
}

// Six servers that are blocked for one reason are one group with one hint, whichever
// other servers are in their way and wherever in the file they stand.
func TestOneReasonIsOneGroup(t *testing.T) {
	for _, test := range []struct {
		reason                func(i int, name string) planner.Reason
		message, hint, remark string
	}{
		{func(i int, name string) planner.Reason {
			return planner.Reason{Code: planner.CodeDuplicates, Name: name, Servers: []planner.Other{{ID: fmt.Sprint(2 * i)}, {ID: fmt.Sprint(2*i + 1)}}, At: []fleet.Pos{at(3+i, 3)}}
		}, "2 live servers are named {name}", "write the id of the right one as id: in the entry at fleet.yaml:3…8", ""},
		{func(i int, name string) planner.Reason {
			return planner.Reason{Code: planner.CodeNextUnfit, Servers: []planner.Other{{ID: fmt.Sprint(i), Name: name + "--next"}}, At: []fleet.Pos{at(3+i, 9)}}
		}, "to be replaced, but {name}--next exists and is not what the replacement needs", "look at server {name}--next, and delete it if nothing on it is needed", "(fleet.yaml:3…8)"},
		{func(i int, name string) planner.Reason {
			return planner.Reason{Code: planner.CodeUnknownID, Servers: []planner.Other{{ID: fmt.Sprint(i)}}, At: []fleet.Pos{at(3, 9)}}
		}, "no live server has the id that the file gives", "correct the id, or remove the line to match by name or create the server", "(fleet.yaml:3:9)"},
		{func(i int, name string) planner.Reason {
			return planner.Reason{Code: planner.CodeNameTaken, Name: name, Servers: []planner.Other{{ID: fmt.Sprint(i)}}, At: []fleet.Pos{at(8-i, 3)}}
		}, "the name {name} belongs to another server, which keeps it", "rename or delete the other server, or list it in the file with the change it needs", "(fleet.yaml:3…8)"},
		{func(i int, name string) planner.Reason {
			return planner.Reason{Code: planner.CodeNeedsReplace, Fields: []planner.FieldChange{planDiffers}, At: []fleet.Pos{at(1, 1)}, Allow: at(3+i, 3)}
		}, "plan is Standard VPS, not performance, which the API cannot change",
			"to have a new server in its place, write replace: delete-first, or create-first, in the entry at fleet.yaml:3…8; the old one's data is lost", "(fleet.yaml:1:1)"},
	} {
		var blocked []planner.Blocked
		for i := range 6 {
			name := fmt.Sprintf("web-%d", i+1)
			blocked = append(blocked, planner.Blocked{Name: name, Reason: test.reason(i, name)})
		}
		groups := groupsOf(each(blocked, blockedFact))
		if len(groups) != 1 {
			t.Errorf("%q: %d groups", test.message, len(groups))
			continue
		}
		if g := groups[0]; g.What != test.message || g.Hint != test.hint || g.Reason != test.remark || len(g.Members) != 6 {
			t.Errorf("the group is\n%q\n%q\n%q\nwant\n%q\n%q\n%q", g.What, g.Hint, g.Reason, test.message, test.hint, test.remark)
		}
	}
}
