package emulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"github.com/vps-fleet/fleet/vpsorg"
)

// form is the body of a create, PUT or PATCH as it is being read. What is wrong
// is gathered by field and answered at once.
type form struct {
	call   *call
	fields map[string]json.RawMessage // those not read yet
	wrong  map[string][]string
}

// newForm reads a body that must be a JSON object.
func newForm(c *call) *form {
	f := &form{call: c, wrong: map[string][]string{}}
	if err := json.Unmarshal(c.body, &f.fields); err != nil || f.fields == nil {
		f.deviate("non_field_errors", "JSON object expected.")
	}
	return f
}

// refuse rejects a value that could be right elsewhere.
func (f *form) refuse(field, why string) {
	f.wrong[field] = append(f.wrong[field], why)
}

// deviate rejects what the documentation does not allow.
func (f *form) deviate(field, why string) {
	f.refuse(field, why)
	f.call.deviate(http.StatusBadRequest, field+": "+why, "")
}

// end gives the answer to a body that will not do, or nil: what is left of it is unknown.
func (f *form) end() *answer {
	for _, name := range slices.Sorted(maps.Keys(f.fields)) {
		f.deviate(name, "Unknown field.")
	}
	if len(f.wrong) == 0 {
		return nil
	}
	return &answer{status: http.StatusBadRequest, body: f.wrong}
}

// take reads a field once; nil is a field that is not there.
func (f *form) take(name string, required bool) json.RawMessage {
	raw, given := f.fields[name]
	delete(f.fields, name)
	switch {
	case !given && required && f.fields != nil:
		f.deviate(name, "This field is required.")
	case given && string(raw) == "null":
		f.deviate(name, "This field may not be null.")
		return nil
	}
	return raw
}

func (f *form) text(name string, required bool) *string {
	return value[string](f, name, required, "Not a valid string.")
}

func (f *form) boolean(name string, required bool) *bool {
	return value[bool](f, name, required, "Must be a valid boolean.")
}

// value reads a field of one type; otherwise says what a field of another is.
func value[T any](f *form, name string, required bool, otherwise string) *T {
	raw := f.take(name, required)
	if raw == nil {
		return nil
	}
	var v T
	if json.Unmarshal(raw, &v) != nil {
		f.deviate(name, otherwise)
		return nil
	}
	return &v
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// id reads an id; where all ids are integers, it must be a JSON integer.
func (f *form) id(name string, required, integers bool) *vpsorg.ID {
	raw := f.take(name, required)
	if raw == nil {
		return nil
	}
	var id vpsorg.ID
	isString := raw[0] == '"'
	if err := json.Unmarshal(raw, &id); err != nil || !isString && !digits.MatchString(string(id)) || isString && integers {
		f.deviate(name, "A valid integer is required.")
		return nil
	}
	return &id
}

// integers reports whether all ids are written as integers.
func integers[T any](all []T, id func(T) vpsorg.ID) bool {
	return !slices.ContainsFunc(all, func(v T) bool {
		_, err := strconv.ParseUint(string(id(v)), 10, 63)
		return err != nil
	})
}

// A name is letters, digits and hyphens, as the documentation says. A hostname
// is an FQDN there, with no word on its parts, so one part will do.
var (
	nameForm     = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	hostnameForm = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$`)
)

// name reads a server's name; own is the name that the server has already.
func (f *form) name(e *Emulator, required bool, own string) *string {
	name := f.text("name", required)
	switch {
	case name == nil:
	case !nameForm.MatchString(*name):
		f.deviate("name", "Only letters, digits and hyphens are allowed.")
	case e.UniqueNames && *name != own && e.world.names[*name] > 0:
		f.refuse("name", "A server with this name already exists.")
	}
	return name
}

func (f *form) hostname(required bool) *string {
	hostname := f.text("hostname", required)
	if hostname != nil && (len(*hostname) > 253 || !hostnameForm.MatchString(*hostname)) {
		f.deviate("hostname", "Enter a valid FQDN.")
	}
	return hostname
}
