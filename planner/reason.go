package planner

import (
	"encoding/json"
	"time"

	"github.com/vps-fleet/fleet/fleet"
)

// Reason is why something is planned, blocked, noted, refused or not done: data
// that internal/render makes sentences of, and that nobody parses. Its zero value
// says nothing. Which fields are filled depends on Code; the comments at the
// codes say which.
type Reason struct {
	Code    Code          `json:"code"`
	At      []fleet.Pos   `json:"at,omitempty"`     // places in the file that caused it, the entry's own first
	Allow   fleet.Pos     `json:"allow,omitzero"`   // the place to change so that it goes away; zero where it is among At, or nowhere
	Keys    []fleet.Field `json:"keys,omitempty"`   // keys of the entry that it is about
	Fields  []FieldChange `json:"fields,omitempty"` // what differs, from → to
	Servers []Other       `json:"servers,omitempty"`
	Name    string        `json:"name,omitempty"`    // another name that it is about
	Names   []string      `json:"names,omitempty"`   // what would do, or what it may be
	Pattern string        `json:"pattern,omitempty"` // of protect
	Mode    fleet.Replace `json:"mode,omitempty"`
	Status  Status        `json:"status,omitempty"` // in which a server is, or is to be
	Action  Action        `json:"action,omitempty"` // the change that it is about, where that is not the subject's own
	Cause   Code          `json:"cause,omitempty"`  // why that change was wanted
	Count   int           `json:"count,omitempty"`  // how often, or how many
	Since   time.Time     `json:"since,omitzero"`   // when it began, or was done
	Until   time.Time     `json:"until,omitzero"`   // when it ends
}

// Other is a server that a reason is about beside its subject.
type Other struct {
	ID      string       `json:"id,omitempty"`
	Name    string       `json:"name,omitempty"`
	Monthly *fleet.Money `json:"monthly,omitempty"` // what it costs a month; nil: unknown, or of no interest
}

// Code names a kind of reason. A code is part of the documents that fleet writes:
// once published it keeps its meaning.
type Code string

// The codes, by where they come up, with the fields that are filled.
const (
	// Why a change is planned.
	CodeMissing    Code = "missing"     // no live server has the name. At: the entry
	CodeDiffers    Code = "differs"     // fields are not as the file says. Keys: what says so of each; At: where
	CodePower      Code = "power"       // status: says so. Status, At
	CodeRebootOn   Code = "reboot_on"   // an updated field is one of reboot_on. At
	CodeImmutable  Code = "immutable"   // the API cannot change the fields, and replace: allows a new server. Keys, Mode, At: replace
	CodeFinish     Code = "unfinished"  // the rest of a replacement that was begun earlier
	CodeAbsent     Code = "absent"      // absent: true. At
	CodeNextFailed Code = "next_failed" // NAME--next could not be made, and replace_failed: true. Name: the entry; At
	CodeOwed       Code = "owed"        // an earlier run has updated it, and did not come to the reboot. Since
	CodeUnlisted   Code = "unlisted"    // no entry lists it, and unlisted: delete

	CodeAskedFor Code = "asked_for" // it was asked for, whatever the file says. Of a replacement Mode, At: replace

	// Why an entry is blocked.
	CodeStatus         Code = "status"          // ended, or a status that is unknown to us. Status, At; of a delete Action and Cause
	CodeUnread         Code = "unread"          // the API does not tell the field. Keys, At
	CodeProtected      Code = "protected"       // protect forbids what is needed. Action, Pattern, Allow, At; Cause of a delete; Fields of a replacement, At also the entry
	CodeNeedsReplace   Code = "needs_replace"   // the API cannot change the fields, and the entry has no replace:. Fields, At, Allow: the entry; Action where it was asked for
	CodeNextUnfit      Code = "next_unfit"      // NAME--next is not what the replacement needs. Servers, At
	CodeNextDiffers    Code = "next_differs"    // an unfinished replacement has left a server that differs. Fields, Servers, At
	CodeIncomplete     Code = "incomplete"      // it does not exist, and the entry lacks what a create needs. Keys, At: the entry
	CodeUnknownID      Code = "unknown_id"      // no live server has the id of the entry. Servers, At
	CodeDuplicates     Code = "duplicates"      // several live servers have the name. Servers, Name, At: the entry
	CodeNextDuplicates Code = "next_duplicates" // several live servers are named NAME--next. Servers, Name, At: the entry
	CodeNameTaken      Code = "name_taken"      // another server keeps the name. Servers, Name, At: the entry
	CodeNameCircle     Code = "name_circle"     // servers exchange names in a circle. Name, At: the entry
	CodeUnsendableName Code = "unsendable_name" // the name would be sent, and the API takes no such name. At: the entry
	CodeCorrected      Code = "corrected"       // corrected so many times in a row, and undone each time. Count, Action, Fields or Status
	CodeUnknownName    Code = "unknown_name"    // no id is known for a plan or an os. Keys, Name, At; Names: some that are known, of Count
	CodeAmbiguousName  Code = "ambiguous_name"  // a plan's or an os's name stands for several ids. Keys, Name, At; Names: the ids
	CodeUnavailable    Code = "unavailable"     // the plan is not sold now. Fields: the plan; At
	CodeNotSoldAt      Code = "not_sold_at"     // the plan is not sold at the location. Fields: plan, location; Names: where it is sold; At

	CodeAskedInVain Code = "asked_in_vain" // what was asked for cannot be done to it, or would be undone. Action; Status: that it has, or is to have; At

	CodeRebootUnclear Code = "reboot_unclear" // an earlier run has sent its reboot, and nobody can tell whether it was taken. Since, At

	// What is noted beside changes.
	CodeNextUnneeded    Code = "next_unneeded"    // NAME--next is left by a replacement that is not needed any more. Servers
	CodeNextLeft        Code = "next_left"        // it is left by a replacement of the server Name, which no entry lists
	CodeBackupsDefault  Code = "backups_default"  // backups_enabled is not declared, so a new server gets the default
	CodeAlmostSameName  Code = "almost_same_name" // a live server's name differs in case only. Servers
	CodeUnshown         Code = "unshown"          // it was changed a moment ago, and the API does not show that yet. Action, Since
	CodeRebootUncertain Code = "reboot_uncertain" // the update is in place, and nothing is known of the reboot after it

	CodeAskedOfNew Code = "asked_of_new" // it is still to be created, so that there is nothing to do. Action

	CodeAskedDone Code = "asked_done" // an earlier run of the same approved plan has rebooted it. Since

	CodeAtOnce Code = "at_once" // so many servers of some ranges are away at once, and no rollout holds them back. Count; Names: patterns of them

	// Why a change is excluded.
	CodeExcluded Code = "excluded" // its kind was not selected
	CodeNeeds    Code = "needs"    // it needs a change that was excluded, or is not done. Action, Name

	// Why a disruption does not begin. Name: the rollout, where it is one's.
	CodeOverBudget  Code = "over_budget" // too many of the group are unavailable. Count: the budget; Servers: who is, beside those being disrupted
	CodeUnreachable Code = "unreachable" // no server of any group is ready, as far as this host can tell. Count, Servers
	CodeNoBudget    Code = "no_budget"   // the group allows none to be unavailable, or no new server beside the old ones
	CodeUnchecked   Code = "unchecked"   // it is not known yet who is ready. Servers
	CodeUnready     Code = "unready"     // it would be destroyed while it is not ready
	CodeGate        Code = "gate"        // the group's gate does not hold, or not for long enough
	CodeDomain      Code = "domain"      // disruptions in another domain are under way
	CodeSurge       Code = "surge"       // as many new servers as are allowed are there beside the old ones
	CodeStep        Code = "step"        // the rollout's step is not over
	CodeAfter       Code = "after"       // another rollout is to be done first. Names: which; Servers: who failed there
	CodePaused      Code = "paused"      // between two steps. Count: how many are over; Since; Until, unless somebody has to let it go on
	CodeHalted      Code = "halted"      // too many of the group have failed. Servers: which
	CodeStalled     Code = "stalled"     // the group has made no progress. Since; Cause: what it waited for; Servers
	CodeWindow      Code = "window"      // no window is open for long enough. Until: when one opens, where that is known
	CodeFreeze      Code = "freeze"      // Name: the freeze's reason; Until: when a disruption may begin, where that is known
	CodeSelf        Code = "self"        // this host runs on the server
	CodeSelfLast    Code = "self_last"   // this host runs on the server, so it comes last

	// What became of a rollout's commands and probes.
	CodeDrainFailed   Code = "drain_failed"   // its drain command failed, so it was not disrupted; the error says how
	CodeRestoreFailed Code = "restore_failed" // it is ready, and its restore command failed; the error says how
	CodeUnhealthy     Code = "unhealthy"      // it was not ready in time; the error has what its probe has told last

	// Why an approved change is not carried out, or not to its end.
	CodeGone        Code = "gone"         // the server is gone, and nothing here deleted it
	CodeChanged     Code = "changed"      // fields are neither as planned nor as wanted. Fields: planned → now
	CodeTaken       Code = "taken"        // by now there is a server of that name. Servers
	CodeInterrupted Code = "interrupted"  // Fields, where a wait was: status, as last seen → target
	CodeRefused     Code = "refused"      // the API refused it; the error has its words
	CodeNotSent     Code = "not_sent"     // the API could not be reached; the error says why
	CodeToldToWait  Code = "told_to_wait" // the API asks for a longer wait than there is time for; the error says how long
	CodeNoCredit    Code = "no_credit"    // an earlier create was refused for want of credit
	CodeNoCreates   Code = "no_creates"   // an earlier create was refused, and so would any other be; the error has the API's words
	CodeUnanswered  Code = "unanswered"   // nobody can tell whether it took effect; the error says why
	CodeUnresolved  Code = "unresolved"   // a create may have made a server. Name; Count: how often it was tried
	CodeUnfit       Code = "unfit"        // a new server of the name is not what was created. Servers
	CodeNotReady    Code = "not_ready"    // the wait did not end in time. Fields: status, as last seen → target
	CodeEnded       Code = "ended"        // the wait ended in another status. Fields: status, as last seen → target
	CodeUnstable    Code = "unstable"     // servers were deleted or renamed while they were read. Count: how often that was tried
	CodeNotNoted    Code = "not_noted"    // a create could not be noted in the state, so it was not sent; the error says why
	CodeLeaseLost   Code = "lease_lost"   // another apply has taken the account's state; the error says who. Fields, where a wait was: status, as last seen → target
	CodeNotRead     Code = "not_read"     // it could not be read just before, so nothing was sent; the error says why
)

// Place is the one place in the file to show a reason at; zero where there is none.
func (r Reason) Place() fleet.Pos {
	if len(r.At) > 0 {
		return r.At[0]
	}
	return r.Allow
}

// Key is equal for reasons that say the same, on whichever lines of a file and of
// whichever other servers, within a minute.
func (r Reason) Key() string {
	at := r.At
	r.At, r.Allow = nil, fleet.Pos{File: r.Allow.File}
	for _, p := range at {
		r.At = append(r.At, fleet.Pos{File: p.File})
	}
	r.Servers = make([]Other, len(r.Servers))
	r.Since = r.Since.Truncate(time.Minute)
	data, _ := json.Marshal(r) // texts and numbers always encode
	return string(data)
}
