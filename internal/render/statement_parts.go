package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// quoted is a text as it stands between quotation marks.
func quoted(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// joined lists parts with commas or, where they are sentences, semicolons.
func joined[T any](list []T, separator string, one func(T) string) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = one(x)
	}
	return strings.Join(parts, separator)
}

// differences says which fields are not as they are wanted.
func differences(fields []planner.FieldChange) string {
	return joined(fields, "; ", func(f planner.FieldChange) string {
		name, is, want := fieldWords(f)
		return fmt.Sprintf("%s is %s, not %s", name, is, want)
	})
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

func (s statement) keys() string {
	return joined(s.Keys, ", ", func(k fleet.Field) string { return string(k) })
}

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
