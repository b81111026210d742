package planner_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// The tests of this file go through the fields of a new server, so that one that is
// forgotten somewhere fails. onlyAtCreate is no field of a live server.
const onlyAtCreate = "SSHKey"

// wholeSpec has a value in every field.
func wholeSpec(t *testing.T) planner.Spec {
	host, on := "a.example.com", true
	s := planner.Spec{Plan: planner.Named{ID: "1"}, OS: planner.Named{ID: "5"}, Location: "us-west",
		Hostname: &host, SSHKey: &planner.Named{ID: "42"}, BackupsEnabled: &on}
	for field, value := range reflect.ValueOf(s).Fields() {
		if value.IsZero() {
			t.Fatalf("give %s a value in wholeSpec", field.Name)
		}
	}
	return s
}

// madeOf is a live server that has every field of a spec.
func madeOf(s planner.Spec) planner.Server {
	live := planner.Server{ID: "1", Name: "a", Status: planner.StatusActive}
	for field, value := range reflect.ValueOf(s).Fields() {
		if field.Name != onlyAtCreate {
			reflect.ValueOf(&live).Elem().FieldByName(field.Name).Set(value)
		}
	}
	return live
}

// without is a struct without a value of one field.
func without[T any](whole T, field string) T {
	reflect.ValueOf(&whole).Elem().FieldByName(field).SetZero()
	return whole
}

func TestEveryFieldIsCompared(t *testing.T) {
	live := madeOf(wholeSpec(t))
	for field := range reflect.TypeFor[planner.Spec]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Name == onlyAtCreate {
			continue
		}
		if !slices.Contains(slices.Concat(planner.FixedFields, planner.MutableFields), fleet.Field(name)) {
			t.Errorf("%s is in neither FixedFields nor MutableFields", name)
		}
		if v, known := live.Value(fleet.Field(name)); !known || v.IsNull() {
			t.Errorf("Server.Value does not know %s", name)
		}
	}
}

// A server is made by a spec only if it has all that was sent and is shown: backups
// are in no list.
func TestMadeByEveryField(t *testing.T) {
	spec := wholeSpec(t)
	live := madeOf(spec)
	if !spec.Made(live) {
		t.Error("a server is not made as the spec says")
	}
	for field := range reflect.TypeFor[planner.Spec]().Fields() {
		if field.Name != onlyAtCreate && field.Name != "BackupsEnabled" && spec.Made(without(live, field.Name)) {
			t.Errorf("a server without %s is taken for what a spec with it has made", field.Name)
		}
	}
}

// A replacement keeps what the file leaves out. Backups are left to the API, which a
// note says.
func TestReplaceKeepsEveryField(t *testing.T) {
	live := madeOf(wholeSpec(t))
	o := planner.Observation{Servers: []planner.Server{live}}
	p := planner.Diff(parse(t, "servers: {a: {location: us-east, replace: create-first}}"), o, planner.Selection{})
	if len(p.Changes) != 1 {
		t.Fatal(describe(p))
	}
	for field, value := range reflect.ValueOf(p.Changes[0].(*planner.Replace).Spec).Fields() {
		if field.Name != onlyAtCreate && field.Name != "BackupsEnabled" && value.IsZero() {
			t.Errorf("a replacement loses the %s of its server", field.Name)
		}
	}
}

// Whoever approves a plan approves every value that it sends, and the server that it
// deletes as it was observed. Its backups are not always read.
func TestDigestOfEveryField(t *testing.T) {
	create := func(s planner.Spec) string {
		return (&planner.Plan{Changes: []planner.Change{&planner.Create{Spec: s}}}).Digest()
	}
	remove := func(s planner.Server) string {
		return (&planner.Plan{Changes: []planner.Change{&planner.Delete{Old: s}}}).Digest()
	}
	spec := wholeSpec(t)
	live := madeOf(spec)
	for field := range reflect.TypeFor[planner.Spec]().Fields() {
		if create(without(spec, field.Name)) == create(spec) {
			t.Errorf("the digest of a create does not cover %s", field.Name)
		}
		if field.Name != onlyAtCreate && field.Name != "BackupsEnabled" && remove(without(live, field.Name)) == remove(live) {
			t.Errorf("the digest of a delete does not cover %s", field.Name)
		}
	}
}
