package apply

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Deed is something that a run has done to a server, and the API has answered so; or
// a reboot that is still to come. Reads of the API may lag behind, so for a while
// what they tell is held against the deeds.
type Deed struct {
	Endpoint string                `json:"endpoint"`
	Account  string                `json:"account"`
	Action   planner.Action        `json:"action"` // any but a replacement, which is several
	Reboot   RebootStage           `json:"reboot,omitempty"`
	ID       string                `json:"id"`
	Name     string                `json:"name"` // as the deed has left it
	Spec     *planner.Spec         `json:"spec,omitempty"`
	Fields   []planner.FieldChange `json:"fields,omitempty"`
	At       time.Time             `json:"at"`             // when it was answered, or noted
	Since    time.Time             `json:"since,omitzero"` // of a reboot to come
	Plan     string                `json:"plan,omitempty"` // the digest of the approved plan that a reboot is from; "": of none that can be resumed
}

// newDeed is what a change of a server is when it is done.
func newDeed(k Key, c planner.Change, id string) Deed {
	d := Deed{Endpoint: k.Endpoint, Account: k.Account, Action: c.Action(), ID: id, Name: c.About().Name, At: time.Now().Round(0)}
	switch c := c.(type) {
	case *planner.Create:
		d.Spec = &c.Spec
	case *planner.Update:
		d.Fields = c.Fields
	}
	return d
}

// RebootStage is how far a reboot has come that an update brings.
type RebootStage string

// The stages of a reboot; "" is that it was answered, or is not needed any more.
const (
	RebootOwed RebootStage = "owed" // the update is about to be sent, or was, and no reboot was taken since
	RebootSent RebootStage = "sent" // it is about to be sent, or was, and nobody knows whether it was taken

	// It was sent because it was asked for, and certainly not taken. Nobody owes it.
	RebootRefused RebootStage = "refused"
)

// KeepDeeds is how long a deed is kept. An owed reboot is kept until it is not owed, and
// that of an approved plan for KeepPlanned, since the plan may be resumed until then.
const (
	KeepDeeds   = 24 * time.Hour
	KeepPlanned = 90 * 24 * time.Hour
)

// PruneDeeds are some of all deeds, oldest first, without those that are over.
func PruneDeeds(some, all []Deed, now time.Time) []Deed {
	open := reboots(all)
	return slices.DeleteFunc(slices.Clone(some), func(d Deed) bool {
		if d.Reboot == RebootOwed {
			last := open[d.ID]
			return last.Reboot != RebootOwed || !last.At.Equal(d.At)
		}
		keep := KeepDeeds
		if d.Plan != "" {
			keep = KeepPlanned
		}
		return now.Sub(d.At) >= keep
	})
}

// reboots are, by id, those that are owed, or that nobody knows to have been taken. A
// start is a boot as well, and a server that is gone owes nothing.
func reboots(deeds []Deed) map[string]Deed {
	open := make(map[string]Deed)
	for _, d := range deeds {
		switch {
		case d.Action == planner.ActionReboot && d.Reboot != "" && d.Reboot != RebootRefused:
			open[d.ID] = d
		case d.Action == planner.ActionReboot, d.Action == planner.ActionStart, d.Action == planner.ActionDelete:
			delete(open, d.ID)
		}
	}
	return open
}

// owed are the reboots to come as the planner wants them.
// A doubt is over after KeepDeeds.
func owed(deeds []Deed) (list []planner.Owed) {
	for _, d := range reboots(deeds) {
		if d.Reboot == RebootSent && time.Since(d.At) >= KeepDeeds {
			continue
		}
		list = append(list, planner.Owed{ID: d.ID, Since: d.Since, Unclear: d.Reboot == RebootSent})
	}
	return list
}

// taken are the reboots that earlier runs of an approved plan have sent, but for those
// that were certainly not taken. They count since the plan was kept, or for KeepDeeds
// where it was not, or has come to its end: before, it was another wish in the same words.
func taken(deeds []Deed, plan string, kept *KeptPlan) (list []planner.Taken) {
	last := make(map[string]Deed)
	var newest time.Time
	for _, d := range deeds {
		if d.Action == planner.ActionReboot && d.Plan == plan && plan != "" {
			last[d.ID], newest = d, d.At
		}
	}
	for id, d := range last {
		counts := time.Since(newest) < KeepDeeds || kept != nil && d.At.After(kept.Since.Add(-apartClocks))
		if counts && (d.Reboot == "" || d.Reboot == RebootSent) {
			list = append(list, planner.Taken{ID: id, At: d.At, Unclear: d.Reboot == RebootSent})
		}
	}
	return list
}

// apartClocks is how far the clocks of two hosts may be apart.
const apartClocks = time.Hour

// past is what the deeds of one server come to.
type past struct {
	id, name string
	made     time.Time // when its create was answered; zero: it was there before
	spec     planner.Spec
	gone     bool
	fields   map[fleet.Field]*rewrite
	status   planner.Status               // that a start or a stop leads to; "": there was none
	led      map[planner.Status]time.Time // when a start or a stop last led to a status
	last     planner.Action
	at       time.Time // of the last
}

// rewrite is what a field is to be by now, and what it was before.
type rewrite struct {
	to   planner.Value
	from []planner.Value
}

// memory is the past of servers, by id.
type memory map[string]*past

// remembered is the past that deeds tell, oldest first.
func remembered(deeds []Deed) memory {
	m := make(memory)
	for _, d := range deeds {
		m.add(d)
	}
	return m
}

func (m memory) add(d Deed) {
	if d.Action == planner.ActionReboot {
		return // nothing is left of it to be seen
	}
	p := m[d.ID]
	if p == nil {
		p = &past{id: d.ID, fields: make(map[fleet.Field]*rewrite), led: make(map[planner.Status]time.Time)}
		m[d.ID] = p
	}
	p.name, p.last, p.at = d.Name, d.Action, d.At
	switch d.Action {
	case planner.ActionCreate:
		p.made = d.At
		if d.Spec != nil {
			p.spec = *d.Spec
		}
	case planner.ActionDelete:
		p.gone = true
	case planner.ActionStart:
		p.lead(planner.StatusActive, d.At)
	case planner.ActionStop:
		p.lead(planner.StatusStopped, d.At)
	}
	for _, f := range d.Fields {
		r := p.fields[f.Field]
		if r == nil {
			r = &rewrite{}
			p.fields[f.Field] = r
		}
		r.to, r.from = f.To, append(r.from, f.From)
	}
}

func (p *past) lead(status planner.Status, at time.Time) { p.status, p.led[status] = status, at }

// certain is from when answers are believed that tell of a status: one that was asked for
// earlier may be from before a deed that led away from that status, whatever was done since.
func (p *past) certain(status planner.Status, window time.Duration) (from time.Time) {
	if p == nil {
		return from
	}
	for other, at := range p.led {
		if end := at.Add(window); other != status && end.After(from) {
			from = end
		}
	}
	return from
}

// recent reports whether an answer of now may be from before the last deed.
func (p *past) recent(now time.Time, window time.Duration) bool { return now.Sub(p.at) < window }

// young reports whether a server was made so lately that no answer proves that it is
// not there.
func (m memory) young(id string, now time.Time, window time.Duration) bool {
	p := m[id]
	return p != nil && !p.made.IsZero() && now.Sub(p.made) < window
}

// shown reports whether a server, nil where there is none, is as it must be after the
// deeds: what it was before one of them is from before it.
func (p *past) shown(s *planner.Server) bool {
	if s == nil || p.gone {
		return s == nil && (p.gone || p.made.IsZero())
	}
	for field, r := range p.fields {
		now, read := s.Value(field)
		if read && !now.Equal(r.to) && slices.ContainsFunc(r.from, now.Equal) {
			return false
		}
	}
	target, ok := s.Status.Target()
	return p.status == "" || !ok || target == p.status
}

// lay returns a server as it is after the deeds; nil where it is gone.
func (p *past) lay(s *planner.Server) *planner.Server {
	if p.gone {
		return nil
	}
	var over planner.Server
	switch {
	case s != nil:
		over = *s
	case p.made.IsZero():
		return nil
	default: // as its create was answered
		over = planner.Server{ID: p.id, Name: p.name, Hostname: p.spec.Hostname, Status: planner.StatusProvisioning,
			Location: p.spec.Location, Plan: p.spec.Plan, OS: p.spec.OS, BackupsEnabled: p.spec.BackupsEnabled}
	}
	for field, r := range p.fields {
		if now, read := over.Value(field); read && slices.ContainsFunc(r.from, now.Equal) {
			set(&over, field, r.to)
		}
	}
	if target, ok := over.Status.Target(); p.status != "" && ok && target != p.status {
		over.Status, over.UpdatedAt = p.status, "" // nobody has told when it was updated to be so
	}
	return &over
}

// set gives a server's field a value.
func set(s *planner.Server, field fleet.Field, to planner.Value) {
	text, _ := to.AsText()
	on, _ := to.AsBool()
	switch field {
	case fleet.FieldName:
		s.Name = text
	case fleet.FieldHostname:
		s.Hostname = &text
	case fleet.FieldBackupsEnabled:
		s.BackupsEnabled = &on
	}
}
