package simulator

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// This file compares values without asking the planner, whose comparisons are what
// is tested.

// valueOf writes a field of a server; told is false where nobody has read it.
func valueOf(s planner.Server, f fleet.Field) (value string, told bool) {
	switch f {
	case fleet.FieldName:
		return strconv.Quote(s.Name), true
	case fleet.FieldHostname:
		if s.Hostname == nil {
			return "null", true
		}
		return strconv.Quote(*s.Hostname), true
	case fleet.FieldBackupsEnabled:
		return text(s.BackupsEnabled), s.BackupsEnabled != nil
	}
	return "", false
}

// plainValue writes a value of a plan as valueOf does.
func plainValue(v planner.Value) string {
	if on, ok := v.AsBool(); ok {
		return strconv.FormatBool(on)
	}
	if t, ok := v.AsText(); ok {
		return strconv.Quote(t)
	}
	return "null"
}

// TestOrderTextHasEveryField: a field that is left out could be sent otherwise than approved.
func TestOrderTextHasEveryField(t *testing.T) {
	host, on := "a.example.com", true
	spec := planner.Spec{Plan: planner.Named{ID: "1"}, OS: planner.Named{ID: "5"}, Location: "us-west", Hostname: &host, BackupsEnabled: &on}
	for field := range reflect.TypeFor[planner.Spec]().Fields() {
		without := spec
		reflect.ValueOf(&without).Elem().FieldByIndex(field.Index).SetZero()
		if field.Name != "SSHKey" && orderText("a", without) == orderText("a", spec) { // no file of the seeds has a key
			t.Errorf("orderText leaves %s out, or this test", field.Name)
		}
	}
}

// isMadeAs tells whether a server is what a create of the spec makes, but for what
// others may change afterwards.
func isMadeAs(v vpsorg.Server, s planner.Spec) bool {
	return string(v.Plan.ID) == s.Plan.ID && string(v.OS.ID) == s.OS.ID && v.Location == s.Location
}

// settledStatus is the status in which a server ends by itself.
func settledStatus(s planner.Status) planner.Status {
	switch s {
	case "queued", "installing", "provisioning", "starting", "rebooting":
		return "active"
	case "stopping":
		return "stopped"
	}
	return s
}

// statusAfter is the status that a power change leads to.
func statusAfter(verb planner.Action) vpsorg.Status {
	if verb == planner.ActionStop {
		return vpsorg.StatusStopped
	}
	return vpsorg.StatusActive
}
