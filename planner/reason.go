package planner

import "github.com/vps-fleet/fleet/fleet"

// Reason is why something is planned, blocked, noted, refused or not done: data
// that internal/render makes sentences of, and that nobody parses. Its zero value
// says nothing. Which fields are filled depends on Code; the comments at the
// codes say which.
type Reason struct {
	Code    Code
	At      []fleet.Pos   // places in the file that caused it, in the order in which a sentence names them
	Allow   fleet.Pos     // the place to change so that it goes away; zero where there is none
	Fields  []FieldChange // what differs, from → to
	Servers []Other       // other servers that it is about
	Name    string        // another name that it is about
	Pattern string        // of protect or of a target
	Status  Status        // in which a server was found
	Action  Action        // the change that it is about, where that is not the subject's own
	Count   int           // how often, or how many
}

// Other is a server that a reason is about beside its subject.
type Other struct {
	ID      string
	Name    string
	Monthly *fleet.Money // what it costs a month; nil: unknown, or of no interest
}

// Code names a kind of reason. A code is part of the documents that fleet writes:
// once published it keeps its meaning.
type Code string

// The codes, by where they come up. "At" and the like are the fields that are filled.
const (
	// Why a change is planned.
	CodeMissing  Code = "missing"    // no live server has the name. At: the entry
	CodeDiffers  Code = "differs"    // fields differ from the file. At: one place for each field of the change
	CodePower    Code = "power"      // status: says so. At
	CodeRebootOn Code = "reboot_on"  // an updated field is one of reboot_on. At
	CodeFixed    Code = "immutable"  // the API cannot change the fields, and replace: allows a new server. Fields, At: replace
	CodeFinish   Code = "unfinished" // the rest of a replacement that was begun earlier
	CodeAbsent   Code = "absent"     // absent: true. At
	CodeUnlisted Code = "unlisted"   // no entry lists it, and unlisted: delete

	// Why an entry is blocked, in addition to those above.
	CodeStatus         Code = "status"          // suspended, or a status that is unknown to us. Status
	CodeUnread         Code = "unread"          // the API does not tell the field. Fields: to
	CodeProtected      Code = "protected"       // protect forbids what is needed. Pattern, Action, Allow, Fields of a replacement
	CodeNeedsReplace   Code = "needs_replace"   // the API cannot change the fields, and the entry has no replace:. Fields, Allow
	CodeNextUnfit      Code = "next_unfit"      // NAME--next is there and is not what the replacement needs. Servers
	CodeNextDiffers    Code = "next_differs"    // an unfinished replacement has left a server that differs. Fields, Servers
	CodeIncomplete     Code = "incomplete"      // it does not exist, and the entry lacks fields that a create needs. Fields: names only
	CodeUnknownID      Code = "unknown_id"      // no live server has the id of the entry. Name: the id, Allow
	CodeDuplicates     Code = "duplicates"      // several live servers have the name. Servers, Name, Allow
	CodeNextDuplicates Code = "next_duplicates" // several live servers are named NAME--next. Servers, Name
	CodeNameTaken      Code = "name_taken"      // another server keeps the name. Servers, Name
	CodeNameCircle     Code = "name_circle"     // servers exchange names in a circle. Name
	CodeCorrected      Code = "corrected"       // corrected so many times in a row and undone each time. Count, Fields or Status
	CodeUnknownName    Code = "unknown_name"    // no id is known for a plan or an os. Fields: to; Allow
	CodeAmbiguousName  Code = "ambiguous_name"  // a plan's or an os's name stands for several ids. Fields: to; Servers: their ids; Allow
	CodeUnavailable    Code = "unavailable"     // the plan is not sold now. Fields: to; Allow
	CodeNotSoldAt      Code = "not_sold_at"     // the plan is not sold at the location. Fields: plan, location; Name: where it is sold; Allow

	// What is noted beside changes.
	CodeNextLeft        Code = "next_left"        // NAME--next is left by a replacement; it is billed. Servers
	CodeBackupsOff      Code = "backups_default"  // backups_enabled is not declared, so a new server gets the default
	CodeLookAlike       Code = "look_alike"       // a live server's name differs only in case. Servers
	CodeRebootUncertain Code = "reboot_uncertain" // the update is in place; nobody can tell whether the reboot was

	// Why a change is left out.
	CodeExcluded Code = "excluded" // its kind, or its server, was not selected
	CodeNeeds    Code = "needs"    // it needs a change that was left out or not done. Action, Name

	// Why an approved change is not carried out, or not to its end.
	CodeGone        Code = "gone"         // the server is gone, and nothing here deleted it
	CodeChanged     Code = "changed"      // fields are neither as planned nor as wanted. Fields: planned → now
	CodePartly      Code = "partly"       // some fields are as wanted, some as planned: somebody else is at work. Fields
	CodeTaken       Code = "taken"        // by now there is a server of that name. Servers
	CodeNotReviewed Code = "not_reviewed" // the change is not in the plan that was approved
	CodeInterrupted Code = "interrupted"
	CodeRefused     Code = "refused"    // the API refused it; the error has its words
	CodeNoCredit    Code = "no_credit"  // an earlier create was refused for want of credit
	CodeUnanswered  Code = "unanswered" // nobody can tell whether it took effect; the error says why
	CodeUnresolved  Code = "unresolved" // a create may have made a server. Name; Count: how often it was tried
	CodeUnfit       Code = "unfit"      // a new server of the name is not what was created. Servers
	CodeNotReady    Code = "not_ready"  // the wait did not end in time. Status: as last seen
	CodeEnded       Code = "ended"      // the wait ended in another status. Status
	CodeNotRead     Code = "not_read"   // it could not be read just before, so nothing was sent; the error says why
)
