package deeds_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

const window = 2 * time.Minute

var began = time.Unix(1e9, 0)

// deed is something that was done to the server 1 so many seconds after the first.
func deed(after int, a planner.Action, fields ...planner.FieldChange) deeds.Deed {
	d := deeds.Deed{Action: a, ID: "1", Name: "x", Fields: fields, At: began.Add(time.Duration(after) * time.Second)}
	if a == planner.ActionCreate {
		d.Spec = &planner.Spec{Location: "us-west"}
	}
	return d
}

func hostname(from, to string) planner.FieldChange {
	return planner.FieldChange{Field: fleet.FieldHostname, From: planner.Text(from), To: planner.Text(to)}
}

func TestLay(t *testing.T) {
	const active, stopped = planner.StatusActive, planner.StatusStopped
	create, start, stop := deed(0, planner.ActionCreate), deed(1, planner.ActionStart), deed(2, planner.ActionStop)
	rename := deed(0, planner.ActionUpdate, hostname("old", "new"))
	server := func(s planner.Status, host string) *planner.Server {
		return &planner.Server{ID: "1", Name: "x", Status: s, Hostname: &host, UpdatedAt: "then"}
	}
	for _, test := range []struct {
		name  string
		deeds []deeds.Deed
		seen  *planner.Server
		want  string // status and hostname; "": there is none
		shown bool
	}{
		{"a new server that is not listed", []deeds.Deed{create}, nil, "provisioning -", false},
		{"one that is", []deeds.Deed{create}, server(active, "h"), "active h", true},
		{"one that was there before and is not", []deeds.Deed{rename}, nil, "", true},
		{"one that was deleted and is listed yet", []deeds.Deed{deed(0, planner.ActionDelete)}, server(active, "h"), "", false},
		{"one that was deleted and is not", []deeds.Deed{deed(0, planner.ActionDelete)}, nil, "", true},
		{"an update that is not shown", []deeds.Deed{rename}, server(active, "old"), "active new", false},
		{"one that is", []deeds.Deed{rename}, server(active, "new"), "active new", true},
		{"one that others have changed since", []deeds.Deed{rename}, server(active, "other"), "active other", true},
		{"the last of two updates", []deeds.Deed{rename, deed(1, planner.ActionUpdate, hostname("new", "old"))}, server(active, "old"), "active old", true},
		{"a stop that is not shown", []deeds.Deed{start, stop}, server(active, "h"), "stopped h", false},
		{"one that is under way", []deeds.Deed{start, stop}, server(planner.StatusStopping, "h"), "stopping h", true},
		{"one of a server that is suspended", []deeds.Deed{stop}, server(planner.StatusSuspended, "h"), "suspended h", true},
		{"a reboot leaves nothing to be seen", []deeds.Deed{stop, deed(3, planner.ActionReboot)}, server(stopped, "h"), "stopped h", true},
	} {
		over, shown := deeds.Remember(test.deeds)["1"].Lay(test.seen)
		got := ""
		if over != nil {
			got = string(over.Status) + " -"
			if over.Hostname != nil {
				got = string(over.Status) + " " + *over.Hostname
			}
		}
		if got != test.want || shown != test.shown {
			t.Errorf("%s: %q, shown %t, want %q, %t", test.name, got, shown, test.want, test.shown)
		}
		if over != nil && test.seen != nil && (over.UpdatedAt == "then") != (over.Status == test.seen.Status) {
			t.Errorf("%s: it was updated %q", test.name, over.UpdatedAt)
		}
	}
}

// A field that is not laid is updated once more whenever an answer lags.
func TestLayEveryField(t *testing.T) {
	host, on := "old", true
	server := planner.Server{ID: "1", Name: "old", Status: planner.StatusActive, Hostname: &host, BackupsEnabled: &on}
	for _, field := range planner.MutableFields {
		from, read := server.Value(field)
		to := planner.Text("new")
		if _, boolean := from.AsBool(); boolean {
			to = planner.Bool(false)
		}
		update := deed(0, planner.ActionUpdate, planner.FieldChange{Field: field, From: from, To: to})
		over, _ := deeds.Remember([]deeds.Deed{update})["1"].Lay(&server)
		if now, _ := over.Value(field); !read || !now.Equal(to) {
			t.Errorf("%s is %s, want %s", field, now, to)
		}
	}
}

// A field that is left out of a new server is set by an update it does not need.
func TestLayEveryFieldOfACreate(t *testing.T) {
	host, on := "h", true
	spec := planner.Spec{Plan: planner.Named{ID: "1"}, OS: planner.Named{ID: "5"}, Location: "us-west",
		SSHKey: &planner.Named{ID: "42"}, Hostname: &host, BackupsEnabled: &on}
	create := deeds.Deed{Action: planner.ActionCreate, ID: "1", Name: "x", Spec: &spec, At: began}
	over, _ := deeds.Remember([]deeds.Deed{create})["1"].Lay(nil)
	sent, made := reflect.ValueOf(spec), reflect.ValueOf(*over)
	for field, value := range sent.Fields() {
		if value.IsZero() {
			t.Errorf("give %s a value in this test", field.Name)
		}
		if field.Name != "SSHKey" && !reflect.DeepEqual(made.FieldByName(field.Name).Interface(), value.Interface()) {
			t.Errorf("%s is %v", field.Name, made.FieldByName(field.Name))
		}
	}
}

func TestTrust(t *testing.T) {
	at := func(after int) time.Time { return began.Add(time.Duration(after)*time.Second + window) }
	m := deeds.Remember([]deeds.Deed{deed(0, planner.ActionCreate), deed(10, planner.ActionStop), deed(20, planner.ActionStart)})
	for status, want := range map[planner.Status]bool{planner.StatusActive: false, planner.StatusStopped: true} {
		m := deeds.Remember([]deeds.Deed{deed(0, planner.ActionStop), deed(10, planner.ActionStart), deed(20, planner.ActionStop)})
		if got := m["1"].Again(status); got != want {
			t.Errorf("after a stop, a start and a stop it is %s again: %t", status, got)
		}
	}
	var nobody *deeds.Past
	for _, test := range []struct {
		name      string
		got, want time.Time
	}{
		{"that it is not there", m["1"].TrustAbsence(window), at(0)},
		{"that it is active, which it was before the stop", m["1"].TrustStatus(planner.StatusActive, window), at(10)},
		{"that it is stopped, which it was before the start", m["1"].TrustStatus(planner.StatusStopped, window), at(20)},
		{"that one is not there to which nothing was done", nobody.TrustAbsence(window), time.Time{}},
		{"that one is stopped to which nothing was done", nobody.TrustStatus(planner.StatusStopped, window), time.Time{}},
	} {
		if !test.got.Equal(test.want) {
			t.Errorf("%s: from %s, want %s", test.name, test.got, test.want)
		}
	}
}
