package render

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// words are what stands in a saying for a name behind a $. What the reason lacks is "".
var words = map[string]func(statement) string{
	"subject":  func(s statement) string { return s.subject },
	"at":       func(s statement) string { return s.place(0) },
	"entry":    func(s statement) string { return s.place(1) },
	"allow":    func(s statement) string { return s.allow.String() },
	"name":     func(s statement) string { return s.Name },
	"names":    func(s statement) string { return strings.Join(s.Names, ", ") },
	"pattern":  func(s statement) string { return quoted(s.Pattern) },
	"patterns": func(s statement) string { return joined(s.Names, ", ", func(p string) string { return `"` + p + `"` }) },
	"mode":     func(s statement) string { return string(s.Mode) },
	"status":   func(s statement) string { return quoted(string(s.Status)) },
	"action":   func(s statement) string { return string(s.Action) },
	"count":    func(s statement) string { return strconv.Itoa(s.Count) },
	"since":    func(s statement) string { return s.Since.UTC().Format("2006-01-02 15:04 UTC") },

	"keys":     func(s statement) string { return joined(s.Keys, ", ", func(k fleet.Field) string { return string(k) }) },
	"fields":   func(s statement) string { return cmp.Or(differences(s.Fields), "its replacement was asked for") },
	"changed":  func(s statement) string { return inFields(s.Fields, "%s was %s and is %s now") },
	"differs":  statement.differs,
	"plan":     func(s statement) string { return s.field(0).To.String() },
	"location": func(s statement) string { return s.field(1).To.String() },
	"undone":   statement.undone,
	"known":    statement.knownNames,
	"still":    statement.still,
	"ended":    func(s statement) string { return fmt.Sprintf("%s, not %s", s.field(0).From, s.field(0).To) },

	"servers":  func(s statement) string { return strconv.Itoa(len(s.Servers)) },
	"id":       func(s statement) string { return cmp.Or(s.other().ID, "that the file gives") },
	"ids":      func(s statement) string { return joined(s.Servers, ", ", func(o planner.Other) string { return o.ID }) },
	"other":    statement.otherName,
	"other_id": func(s statement) string { return cmp.Or(s.other().ID, s.other().Name) },
	"owner":    func(s statement) string { return cmp.Or(prefixed("server ", s.other().ID), "another server") },
	"prices":   statement.prices,
	"away":     func(s statement) string { return prefixed("; unavailable: ", s.otherNames()) },
	"failed":   func(s statement) string { return prefixed(" because of ", s.otherNames()) },

	"frozen": func(s statement) string { return prefixed(" for ", s.Name) },
	"billed": func(s statement) string {
		if s.Status == planner.StatusStopped {
			return "; a stopped server is still billed"
		}
		return ""
	},
	"not_yet": func(s statement) string {
		if len(s.Fields) == 0 {
			return ""
		}
		return fmt.Sprintf("not yet %s: ", s.field(0).To)
	},
	"until": func(s statement) string {
		if s.Until.IsZero() {
			return ""
		}
		return ", until " + s.Until.Format("2006-01-02 15:04 MST")
	},
	"goon": func(s statement) string {
		if s.Until.IsZero() {
			return "apply the same plan again to let it go on"
		}
		return "run again then to let it go on"
	},
	"unresolved": func(s statement) string {
		if s.Count > 0 {
			return fmt.Sprintf("the create was given up %d times, and each time nothing was created", s.Count)
		}
		return s.Name + " may have been created"
	},
	"later": func(s statement) string {
		if s.Count > 0 {
			return "the API does not answer creates reliably; run again later"
		}
		return ""
	},
}

// word is what stands in a saying for a name behind a $.
func (s statement) word(name string) string {
	if name == "cause" { // a saying of its own
		return newStatement(s.subject, planner.Reason{Code: s.Cause, At: s.Reason.At}).message()
	}
	return words[name](s)
}

// place is one of the places that caused it.
func (s statement) place(i int) string {
	if i >= len(s.at) {
		return ""
	}
	return s.at[i].String()
}

// field is one of the fields that it is about.
func (s statement) field(i int) planner.FieldChange {
	if i >= len(s.Fields) {
		return planner.FieldChange{}
	}
	return s.Fields[i]
}

// other is the other server that it is about.
func (s statement) other() planner.Other {
	if len(s.Servers) == 0 {
		return planner.Other{}
	}
	return s.Servers[0]
}

func (s statement) otherName() string {
	if s.other().Name == "" {
		return s.other().ID
	}
	return withID(s.other().Name, s.other().ID)
}

func (s statement) otherNames() string {
	return joined(s.Servers, ", ", func(o planner.Other) string { return o.Name })
}

// inFields says something of each field, its first and its second value.
func inFields(fields []planner.FieldChange, format string) string {
	return joined(fields, "; ", func(f planner.FieldChange) string {
		name, from, to := fieldWords(f)
		return fmt.Sprintf(format, name, from, to)
	})
}

// differences says which fields are not as they are wanted.
func differences(fields []planner.FieldChange) string { return inFields(fields, "%s is %s, not %s") }

// differs says of each key of the file what it wants otherwise.
func (s statement) differs() string {
	var parts []string
	for i, key := range s.Keys {
		switch key {
		case fleet.FieldRenamedFrom, fleet.FieldID:
			parts = append(parts, fmt.Sprintf("%s at %s", key, s.place(i)))
		case fleet.FieldReplace:
			parts = append(parts, "finishes the replacement of "+s.subject)
		default:
			parts = append(parts, fmt.Sprintf("%s differs from %s", key, s.place(i)))
		}
	}
	return strings.Join(parts, "; ")
}

// undone is what somebody has made of the server again.
func (s statement) undone() string {
	switch {
	case len(s.Fields) > 0:
		return differences(s.Fields)
	case s.Status != "":
		return "it is " + string(s.Status)
	case s.Action == planner.ActionDelete:
		return "it exists"
	}
	return "it does not exist"
}

// still is how far a wait has come.
func (s statement) still() string {
	if s.field(0).From.IsNull() {
		return "not seen yet"
	}
	return fmt.Sprintf("still %s, not %s", s.field(0).From, s.field(0).To)
}

// knownNames are names that would do in the place of an unknown one.
func (s statement) knownNames() string {
	if len(s.Names) == 0 {
		return "write its id, or add it to the catalog"
	}
	text := "known are " + strings.Join(s.Names, ", ")
	if s.Count > len(s.Names) {
		text += ", …"
	}
	return text + "; or add it to the catalog"
}

// prices are the servers that it is about, with what each costs; "" of several.
func (s statement) prices() string {
	if s.other().ID == "" {
		return ""
	}
	return ": " + joined(s.Servers, ", ", func(o planner.Other) string {
		price := "price unknown"
		if o.Monthly != nil {
			price = o.Monthly.String() + " a month"
		}
		return fmt.Sprintf("%s (%s)", o.ID, price)
	})
}
