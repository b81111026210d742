// Package fleet reads fleet files: it parses YAML with positions, expands
// ranges and defaults, and validates, so that what leaves it is one Fleet that
// says which servers should exist. It also changes the text of a file in place,
// finds the ranges in a list of names, and selects entries by their labels. It
// knows nothing of the API: what exists, and what to do about a difference, is the
// planner's.
package fleet

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Fleet is what one or more fleet files say, expanded and validated.
type Fleet struct {
	Account    string // the e-mail of the only account to act on; "" is any
	AccountPos Pos
	Owns       []string // patterns of the names this fleet speaks for; empty: exactly the names listed
	Unlisted   Unlisted
	Protect    []Protection
	Guards     Guards
	Catalog    Catalog
	Defaults   Server    // what an entry that says nothing has; its hostname is as it is written, with placeholders
	Rollouts   []Rollout // in the order of the file
	Windows    []Window
	Freezes    []Freeze
	Servers    []Server // sorted by name; names are unique
	Warnings   Problems // what may be a mistake, but only the API, or the host that applies it, can tell

	index    map[string]int // name → position in Servers
	programs []program
}

// Catalog has the account's ids by the names that the file gives them.
type Catalog struct{ Plans, OS, SSHKeys map[string]string }

// Server is one wanted server. A field that the file leaves out is nil or zero
// and is not managed.
type Server struct {
	Name           string // any text where ID pins the server; the API would take no more than ValidName says
	ID             string // pins the live server; "" matches by name
	RenamedFrom    string
	Absent         bool // the server is to be deleted; nothing below counts then
	Plan           Ref
	OS             Ref
	SSHKey         Ref // used at create only: the API does not report it
	Location       string
	Hostname       *string
	BackupsEnabled *bool
	Status         Status
	RebootOn       []Field
	Replace        Replace
	ReplaceFailed  bool    // a NAME--next that could not be made may be deleted and made anew
	Ignore         []Field // plan, os, location: used at create, and never compared afterwards
	Ready          []Probe // by which the server is ready, beside those of its rollouts; shared by all servers of one range
	Labels         Labels  // shared by all servers of one range; nil where there are none
	Source         *Source // shared by all servers of one range
}

// Ignores reports whether a field of a server that exists is left as it is.
func (s *Server) Ignores(f Field) bool { return slices.Contains(s.Ignore, f) }

// Ref points to a plan, an operating system or an SSH key, by id or by name.
// The zero Ref is a field left out.
type Ref struct {
	ID   string // known from the file or its catalog; "" where only the API can tell
	Name string // as written, or the catalog's name; "" when written as an id
}

// IsZero reports whether the file leaves the reference out.
func (r Ref) IsZero() bool { return r == Ref{} }

// Field names a field of a server entry, in the file's and the API's own words.
type Field string

// The fields of a server entry.
const (
	FieldName           Field = "name"
	FieldID             Field = "id"
	FieldRenamedFrom    Field = "renamed_from"
	FieldAbsent         Field = "absent"
	FieldPlan           Field = "plan"
	FieldOS             Field = "os"
	FieldSSHKey         Field = "ssh_key"
	FieldLocation       Field = "location"
	FieldHostname       Field = "hostname"
	FieldBackupsEnabled Field = "backups_enabled"
	FieldStatus         Field = "status"
	FieldRebootOn       Field = "reboot_on"
	FieldReplace        Field = "replace"
	FieldReplaceFailed  Field = "replace_failed"
	FieldIgnore         Field = "ignore"
	FieldReady          Field = "ready"
	FieldLabels         Field = "labels"
)

// Status is the power state that an entry asks for.
type Status string

// The power states. StatusAny, the zero value, leaves power alone.
const (
	StatusAny     Status = ""
	StatusActive  Status = "active"
	StatusStopped Status = "stopped"
)

// Replace says how a server may be replaced when a field differs that the API
// cannot change: plan, os or location.
type Replace string

// The ways of replacing. The zero value is ReplaceNever.
const (
	ReplaceNever       Replace = ""
	ReplaceDeleteFirst Replace = "delete-first"
	ReplaceCreateFirst Replace = "create-first"
)

// Unlisted says what becomes of an owned live server that no entry lists.
type Unlisted string

// What becomes of unlisted servers. The zero value is UnlistedReport.
const (
	UnlistedReport Unlisted = ""
	UnlistedIgnore Unlisted = "ignore"
	UnlistedDelete Unlisted = "delete"
)

// NextSuffix ends the name that a server's replacement bears until the old
// server is gone. No entry's name may end so.
const NextSuffix = "--next"

// Protection is one pattern of the protect list.
type Protection struct {
	Pattern string
	Pos     Pos
}

// Source is where an entry stands, and where its fields have their values.
type Source struct {
	Entry    Pos
	Fields   []FieldPos // that the entry writes
	Defaults []FieldPos // that the defaults write; shared by all entries
}

// FieldPos is the place of a field's value; the zero Pos of one that is unmanaged.
type FieldPos struct {
	Field Field
	Pos   Pos
}

// At gives the place of a field's value, or of the entry where the field has none.
func (s *Source) At(f Field) Pos {
	for _, written := range [][]FieldPos{s.Fields, s.Defaults} {
		i := slices.IndexFunc(written, func(w FieldPos) bool { return w.Field == f })
		if i >= 0 {
			return cmp.Or(written[i].Pos, s.Entry)
		}
	}
	return s.Entry
}

// Lookup finds the entry of a name.
func (f *Fleet) Lookup(name string) (*Server, bool) {
	i, ok := f.index[name]
	if !ok {
		return nil, false
	}
	return &f.Servers[i], true
}

// OwnsName reports whether the fleet speaks for a name: it is listed, or one of
// the owns patterns matches it.
func (f *Fleet) OwnsName(name string) bool {
	_, listed := f.index[name]
	return listed || slices.ContainsFunc(f.Owns, func(pattern string) bool { return Match(pattern, name) })
}

// Protected finds the protect pattern that keeps a name from being deleted,
// replaced or stopped.
func (f *Fleet) Protected(name string) (Protection, bool) {
	i := slices.IndexFunc(f.Protect, func(p Protection) bool { return Match(p.Pattern, name) })
	if i < 0 {
		return Protection{}, false
	}
	return f.Protect[i], true
}

// Match reports whether a name matches a pattern of *, ? and [a-z]. A pattern
// that is malformed matches nothing; Load and the flags refuse those.
func Match(pattern, name string) bool {
	name = strings.ReplaceAll(name, "/", "\x00") // a name is no path: * matches all of it
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
