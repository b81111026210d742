package render

import "github.com/vps-fleet/fleet/planner"

// This file has all sentences that are made of reasons, and of nothing else. What
// stands behind a $ is filled in from the reason; see words.

// saying is what is the matter, and what to do about it, where that is known.
type saying struct{ Message, Hint string }

// codeAndAction is a code, and the action that a reason is about where that makes another
// sentence.
type codeAndAction struct {
	code   planner.Code
	action planner.Action
}

const (
	lost    = "; the old one's data is lost"
	another = "choose another plan or location"
)

// sayings say why something is planned, blocked, noted or excluded.
var sayings = map[codeAndAction]saying{
	{planner.CodeMissing, ""}:    {"no live server has this name ($at)", ""},
	{planner.CodeDiffers, ""}:    {"$differs", ""},
	{planner.CodePower, ""}:      {"status: $status at $at$billed", ""},
	{planner.CodeRebootOn, ""}:   {"reboot_on at $at", ""},
	{planner.CodeImmutable, ""}:  {"the API cannot change $keys; replace: $mode at $at", ""},
	{planner.CodeFinish, ""}:     {"the rest of its replacement", ""},
	{planner.CodeAbsent, ""}:     {"absent: true at $at", ""},
	{planner.CodeNextFailed, ""}: {"it could not be made, and is made anew for $name (replace_failed at $at)", ""},
	{planner.CodeOwed, ""}:       {"owed since $since: an earlier run has updated it, and did not come to the reboot", ""},
	{planner.CodeAskedFor, ""}:   {"as was asked for", ""},
	{planner.CodeUnlisted, ""}:   {"no entry lists it, and unlisted: delete", ""},

	{planner.CodeStatus, ""}: {`status is "$status"`, "settle it with the provider"},
	{planner.CodeStatus, planner.ActionDelete}: {`to be deleted ($cause), but its status is "$status"`,
		"settle it with the provider, or delete it by hand"},
	{planner.CodeUnread, ""}: {"the API does not tell $keys of this server", "leave $keys out of the entry"},
	{planner.CodeProtected, planner.ActionStop}: {`to be stopped, but protected by "$pattern"`,
		"take it out of protect ($allow) to stop it"},
	{planner.CodeProtected, planner.ActionDelete}: {`to be deleted ($cause), but protected by "$pattern"`,
		"take it out of protect ($allow) to delete it"},
	{planner.CodeProtected, planner.ActionReplace}: {`$fields; protected by "$pattern" from being replaced`,
		"take it out of protect ($allow) and write replace: in the entry at $entry" + lost},
	{planner.CodeNeedsReplace, ""}: {"$fields, which the API cannot change",
		"to have a new server in its place, write replace: delete-first, or create-first, in the entry at $allow" + lost},
	{planner.CodeNeedsReplace, planner.ActionReplace}: {"its replacement was asked for, and its entry does not allow one",
		"write replace: delete-first, or create-first, in the entry at $allow" + lost},
	{planner.CodeAskedInVain, planner.ActionStop}: {"its stop was asked for, but it is to be active, so that the next apply would start it",
		"write status: stopped in the entry, or leave status out of it"},
	{planner.CodeAskedInVain, planner.ActionStart}: {"its start was asked for, but it is to be stopped, so that the next apply would stop it",
		"write status: active in the entry, or leave status out of it"},
	{planner.CodeAskedInVain, planner.ActionReboot}: {"its reboot was asked for, but it is stopped, or is to be", "ask for its start"},
	{planner.CodeNextUnfit, ""}: {"to be replaced, but $other exists and is not what the replacement needs",
		"look at server $other_id, and delete it if nothing on it is needed"},
	{planner.CodeNextDiffers, ""}: {"an unfinished replacement has left $other, but $fields",
		"look at server $other_id: rename it to $subject to keep it, or delete it"},
	{planner.CodeIncomplete, ""}: {"it does not exist, and cannot be created without $keys", "write $keys in the entry or in defaults"},
	{planner.CodeUnknownID, ""}: {"no live server has the id $id",
		"correct the id, or remove the line to match by name or create the server"},
	{planner.CodeDuplicates, ""}: {"$servers live servers are named $name$prices",
		"write the id of the right one as id: in the entry at $at"},
	{planner.CodeNextDuplicates, ""}: {"$servers live servers are named $name$prices",
		"an unfinished replacement is not clear; delete all but one of them"},
	{planner.CodeNameTaken, ""}: {"the name $name belongs to $owner, which keeps it",
		"rename or delete the other server, or list it in the file with the change it needs"},
	{planner.CodeNameCircle, ""}: {"servers exchange names in a circle through $name", "rename one of them to a third name first"},
	{planner.CodeUnsendableName, ""}: {"its name in the file would be sent to the API, which takes letters, digits and hyphens alone",
		"give the entry a name of letters, digits and hyphens"},
	{planner.CodeCorrected, ""}: {"corrected in $count runs in a row, and undone each time: $undone",
		"find out who undoes it, or change the file; an apply that a person approves corrects it again"},
	{planner.CodeRebootUnclear, ""}: {"its reboot was sent after $since; nobody can tell whether it was taken, so it is not sent again",
		"look when it booted; if that was before: fleet apply --reboot $subject"},
	{planner.CodeUnknownName, ""}:   {`unknown $keys "$name": not in the catalog, and the API tells no such name`, "$known"},
	{planner.CodeAmbiguousName, ""}: {`$keys "$name" may be any of the ids $names`, "write the id, or name it in the catalog"},
	{planner.CodeUnavailable, ""}:   {"the plan $plan is not available", another},
	{planner.CodeNotSoldAt, ""}:     {"the plan $plan is not sold at $location, only at $names", another},

	{planner.CodeNextUnneeded, ""}:    {"$other is left by a replacement that is not needed any more; it is billed, and fleet leaves it alone", ""},
	{planner.CodeNextLeft, ""}:        {"it is left by an unfinished replacement of $name; it is billed, and fleet leaves it alone", ""},
	{planner.CodeBackupsDefault, ""}:  {"backups_enabled is not declared, so it is off in the new server", ""},
	{planner.CodeAlmostSameName, ""}:  {"the live server $other has almost the same name; it is another server", ""},
	{planner.CodeUnshown, ""}:         {"its $action was done a moment ago, and the API does not show that yet; it is planned as if it did", ""},
	{planner.CodeRebootUncertain, ""}: {"its update is in place already; nobody can tell whether it was rebooted after it, so it is not rebooted again", ""},
	{planner.CodeAtOnce, ""}:          {"$count servers of $names are away at once", "to have one at a time, write rollouts: { tier: { names: [$patterns], max_unavailable: 1 } }"},
	{planner.CodeAskedDone, ""}:       {"an earlier run of this plan has rebooted it ($since)", ""},
	{planner.CodeAskedOfNew, ""}:      {"its $action was asked for, but it is still to be created", ""},

	{planner.CodeExcluded, ""}: {"its kind was excluded", ""},
	{planner.CodeNeeds, ""}:    {"it needs the $action of $name first", ""},
}

// outcomes say why an approved change is not carried out, or not to its end. Where
// there is none, the cause's own hint says what to do.
var outcomes = map[planner.Code]saying{
	planner.CodeGone:        {"the server is gone, and this run did not delete it", "make a new plan"},
	planner.CodeChanged:     {"$changed: somebody else has changed it, so it was left alone", "make a new plan"},
	planner.CodeTaken:       {"by now there is a server of that name, $ids", "make a new plan"},
	planner.CodeStatus:      {`its status is "$status" by now`, "settle it with the provider, then make a new plan"},
	planner.CodeNextUnfit:   {"$other exists and is not what the replacement needs", "make a new plan"},
	planner.CodeNeeds:       {"what has to come before it, to $name, was not done", ""},
	planner.CodeInterrupted: {"${not_yet}interrupted", ""},
	planner.CodeRefused:     {"the API refused it", ""},
	planner.CodeNotSent:     {"it could not be sent", ""},
	planner.CodeToldToWait:  {"the API asks for a longer wait than there is time for", ""},
	planner.CodeNoCredit:    {"an earlier create was refused for want of credit", ""},
	planner.CodeNoCreates:   {"the API takes no more creates", ""},
	planner.CodeUnanswered:  {"it may have taken effect", ""},
	planner.CodeUnresolved:  {"$unresolved", "$later"},
	planner.CodeDuplicates:  {"$servers servers are named $name and each is billed$prices", "none was deleted; delete those that are not needed"},
	planner.CodeUnfit:       {"a server named $name, id $ids, has appeared that is not what was to be created", "look at it; then make a new plan"},
	planner.CodeNotReady:    {"$still", "run again to go on waiting, or give --timeout more"},
	planner.CodeEnded:       {"it ended $ended", ""},
	planner.CodeUnstable:    {"servers are being deleted or renamed while they are read; the list was out of date $count times", "wait until nobody else changes them, then run again"},
	planner.CodeNotNoted:    {"it could not be noted in the state, so it was not sent", ""},
	planner.CodeLeaseLost:   {"${not_yet}the lease is lost", "run again when that apply has ended; fleet lock shows who has it"},
	planner.CodeNotRead:     {"nothing was sent, because it could not be read just before", ""},
	planner.CodeNameCircle:  {"servers exchange names in a circle", ""},

	planner.CodeDrainFailed:   {"its drain command failed, so it was not touched", "look at what the command says, and run again"},
	planner.CodeRestoreFailed: {"it is ready, but its restore command failed", "the next apply restores it first"},
	planner.CodeUnhealthy:     {"it was not ready in time", "look at the server; the next apply waits for it again"},

	planner.CodeOverBudget:  {"rollout $name allows $count unavailable at once$away", ""},
	planner.CodeUnreachable: {"no server of any rollout is ready as far as this host can tell$away", "run fleet where the servers can be reached, or correct what ready: probes"},
	planner.CodeNoBudget:    {"rollout $name allows none to be unavailable, and no new server beside the old ones", "give it max_unavailable or max_surge"},
	planner.CodeUnchecked:   {"it is not known yet which servers of rollout $name are ready", ""},
	planner.CodeUnready:     {"it is not ready and may hold the last good copy of its data, which would be destroyed", "look at it; then repair it, or give --allow-unready $subject"},
	planner.CodeGate:        {"the gate of rollout $name does not hold", ""},
	planner.CodeDomain:      {"rollout $name is at work in another domain", ""},
	planner.CodeSurge:       {"rollout $name allows no more new servers beside the old ones", ""},
	planner.CodeStep:        {"the step that rollout $name is in is not over", ""},
	planner.CodeAfter:       {"rollout $names is to be done before $name", ""},
	planner.CodePaused:      {"rollout $name is paused after step $count$until", "$goon"},
	planner.CodeHalted:      {"rollout $name has stopped$failed", "find out why, and run again"},
	planner.CodeStalled:     {"rollout $name has made no progress since $since$away", "repair what it waits for, and run again"},
	planner.CodeWindow:      {"no window is open for it for as long as it takes$until", ""},
	planner.CodeFreeze:      {"it is frozen$frozen$until", "wait, or give --override-freeze REASON"},
	planner.CodeSelf:        {"this host runs on it", "run fleet elsewhere, or give --allow-self"},
	planner.CodeSelfLast:    {"this host runs on it, so it comes last", ""},
}
