package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/planner"
)

// describeRefused is a refused change with its reason's data.
func describeRefused(x planner.Refused) string {
	return fmt.Sprintf("%s %s: %s", x.Change.Action(), x.Change.About().Name, describeReason(x.Reason))
}

func describeReason(r planner.Reason) string {
	parts := []string{string(r.Code)}
	for _, f := range r.Fields {
		parts = append(parts, fmt.Sprintf("%s:%s→%s", f.Field, f.From, f.To))
	}
	for _, s := range r.Servers {
		parts = append(parts, "#"+s.ID)
	}
	for _, text := range []string{r.Name, string(r.Status)} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// Fleet files, of which the last change is compared.
const (
	toRename      = "servers: {a: {renamed_from: b, hostname: x}}"
	toEdit        = "servers: {a: {hostname: x}}"
	toEditBackups = "servers: {a: {hostname: x, backups_enabled: true}}"
	toStop        = "servers: {a: {status: stopped}}"
	toStart       = "servers: {a: {status: active}}"
	toReboot      = "servers: {a: {hostname: x, reboot_on: [hostname]}}"
	toDelete      = "servers: {a: {absent: true}}"
	toCreate      = "servers: {a: {" + web + ", hostname: x}}"
)

// comparisons are changes of a fleet file, each with the servers as the plan has seen them
// and as they are now.
var comparisons = []struct {
	name, file  string
	before, now string // servers, separated by commas
	want        string // of the plan's last change
}{
	// An update that others have half done: what still has its old value is left.
	{"untouched", toRename, "1 b active", "1 b active", "todo name hostname"},
	{"half done by others", toRename, "1 b active", "1 a active", "todo hostname"},
	{"half done the other way", toRename, "1 b active", "1 b active host=x", "todo name"},
	{"done by others", toRename, "1 b active", "1 a active host=x", "in place"},
	{"half done, and a third value", toRename, "1 b active", "1 a active host=y", "changed hostname:(none)→y"},
	{"null is not the text that shows it", toEdit, "1 a active", "1 a active host=(none)", "changed hostname:(none)→(none)"},

	// A server that others have renamed: whatever it is that does not rename it.
	{"renamed, update", toEdit, "1 a active", "1 z active", "changed name:a→z"},
	{"renamed, stop", toStop, "1 a active", "1 z active", "changed name:a→z"},
	{"renamed, start", toStart, "1 a stopped", "1 z stopped", "changed name:a→z"},
	{"renamed, reboot", toReboot, "1 a active", "1 z active", "changed name:a→z"},
	{"renamed, delete", toDelete, "1 a active", "1 z active", "changed name:a→z"},
	{"renamed and updated", toEdit, "1 a active", "1 z active host=x", "changed name:a→z"},
	{"still to be renamed by the plan, stop", "servers: {a: {renamed_from: b, status: stopped}}", "1 b active", "1 b active", "todo"},
	{"renamed by the plan, stop", "servers: {a: {renamed_from: b, status: stopped}}", "1 b active", "1 a active", "todo"},

	// A suspended server: done where there is nothing to send.
	{"suspended and as wanted", toEdit, "1 a active", "1 a suspended host=x", "in place"},
	{"suspended", toEdit, "1 a active", "1 a suspended", "status suspended"},
	{"suspended, half done", toRename, "1 b active", "1 a suspended", "status suspended"},
	{"in an unknown status, stop", toStop, "1 a active", "1 a melting", "status melting"},
	{"suspended, delete", toDelete, "1 a active", "1 a suspended", "status suspended"},

	// A delete of a server that had ended already.
	{"still in error, delete", toDelete, "1 a error", "1 a error", "todo"},
	{"still suspended, delete", toDelete, "1 a suspended", "1 a suspended", "todo"},
	{"recovered, delete", toDelete, "1 a error", "1 a active", "changed status:error→active"},
	{"ended otherwise, delete", toDelete, "1 a error", "1 a suspended", "status suspended"},
	{"ended and edited, delete", toDelete, "1 a error", "1 a error host=x", "changed hostname:(none)→x"},
	{"ended and renamed, delete", toDelete, "1 a failed", "1 z failed", "changed name:a→z"},
	{"ended and gone, delete", toDelete, "1 a error", "", "in place"},

	// A detail that was not read: as it was, where an update sets it.
	{"unread and not sent", toEdit, "1 a active", "1 a active", "todo hostname"},
	{"unread and sent", toEditBackups, "1 a active backups=off", "1 a active", "todo hostname backups_enabled"},
	{"unread, the rest is done", toEditBackups, "1 a active backups=off", "1 a active host=x", "todo backups_enabled"},
	{"read, and done", toEditBackups, "1 a active backups=off", "1 a active host=x backups=on", "in place"},
	{"unread, delete", toDelete, "1 a active backups=on", "1 a active", "todo"},
	{"read, delete", toDelete, "1 a active backups=on", "1 a active backups=off", "changed backups_enabled:true→false"},

	// A server of the name: adopted if it is as it was ordered.
	{"none yet", toCreate, "", "", "todo"},
	{"created", toCreate, "", "1 a provisioning host=x", "in place"},
	{"created with another hostname", toCreate, "", "1 a active host=y", "taken #1"},
	{"created without one", toCreate, "", "1 a active", "taken #1"},
	{"created with another plan", toCreate, "", "1 a active host=x plan=2", "taken #1"},
	{"any hostname, where none is sent", "servers: {a: {" + web + "}}", "", "1 a active host=y", "in place"},
	{"created twice", toCreate, "", "1 a active host=x,2 a active host=x", "taken #1 #2"},

	// Power and what is gone.
	{"stopped by others", toStop, "1 a active", "1 a stopping", "in place"},
	{"started by others", toStart, "1 a stopped", "1 a active", "in place"},
	{"a reboot is never in place", toReboot, "1 a active", "1 a active host=x", "todo"},
	{"stopped before its reboot", toReboot, "1 a active", "1 a stopped", "changed status:active→stopped"},
	{"gone, update", toEdit, "1 a active", "2 a active", "gone"},
	{"gone, stop", toStop, "1 a active", "", "gone"},
	{"gone, delete", toDelete, "1 a active", "", "in place"},
	{"started before its delete", toDelete, "1 a stopped", "1 a active", "changed status:stopped→active"},
}

// TestCompare holds every kind of change against what others may have made of its
// server meanwhile.
func TestCompare(t *testing.T) {
	for _, test := range comparisons {
		t.Run(test.name, func(t *testing.T) {
			changes := diff(t, test.file, servers(test.before)...).Changes
			x := planner.Compare(changes[len(changes)-1], planner.NewWorld(observe(t, servers(test.now)...).Servers...))
			if got := describeComparison(x); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func servers(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func describeComparison(x planner.Comparison) string {
	switch x.Standing {
	case planner.InPlace:
		return "in place"
	case planner.InConflict:
		return describeReason(x.Reason)
	}
	got := "todo"
	if u, ok := x.Left.(*planner.Update); ok {
		for _, f := range u.Fields {
			got += " " + string(f.Field)
		}
	}
	return got
}
