package rollout

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/planner"
)

// Mark is what the next run has to know of a rollout: how a server was left, or how
// far a group has come. Of those about one server, or group, the last counts.
type Mark struct {
	Endpoint string      `json:"endpoint"`
	Account  string      `json:"account"`
	At       time.Time   `json:"at"`
	Server   *ServerMark `json:"server,omitempty"` // one of these
	Group    *GroupMark  `json:"group,omitempty"`
}

// ServerMark is how a rollout has left a server. It is over when nothing is set but
// the name and the id.
type ServerMark struct {
	Name      string    `json:"name"` // of the entry
	ID        string    `json:"id,omitempty"`
	Drained   time.Time `json:"drained,omitzero"`   // its drain command was begun then, and its restore command has not succeeded since
	Disrupted time.Time `json:"disrupted,omitzero"` // its disruption was begun then, and it was not ready since
	Rebooted  bool      `json:"rebooted,omitempty"` // by a reboot, so that the old boot may go on answering
	New       bool      `json:"new,omitempty"`      // it was made, or is to be, and has never been ready
}

// GroupMark is how far the rollout of a group has come. It is over when no turn is left.
type GroupMark struct {
	Name  string   `json:"name"`            // of the rollout
	Turns []string `json:"turns"`           // the identities of its turns, in all of its runs
	Begun []string `json:"begun,omitempty"` // of these
	Progress
}

// Member is the member that a server is, by its id ("": there is none) and what was seen
// and probed of it. A new one may have become ready since it was made.
func (s ServerMark) Member(id string, active bool, health Health) Member {
	m := Member{Active: active, Health: health}
	m.Drained = !s.Drained.IsZero() && (s.ID == "" || s.ID == id) // else it was the one before
	if !s.Disrupted.IsZero() {
		m.Health = Unready
	}
	m.New = id == "" && s.Disrupted.IsZero() || s.New && (!active || m.Health == Unready)
	return m
}

// Before is the mark of a server before a change of its turn, nil for none, is sent: that
// it is being disrupted, or is made and was never ready. One that leaves for good needs no
// mark, nor does one whose place a new one has taken.
func (s ServerMark) Before(c planner.Change, t *Turn) (mark ServerMark, needed bool) {
	if t != nil && t.Kind != Restarts {
		return s, false
	}
	switch c.Action() {
	case planner.ActionReboot:
		s.ID, s.Rebooted = c.About().ID, true
	case planner.ActionDelete:
		s.ID = "" // that of the new one is not known yet
	case planner.ActionCreate:
		s.ID, s.New = "", s.New || t == nil // else it takes the place of one that was ready
		return s, s.Disrupted.IsZero()
	default:
		return s, false
	}
	return s, true
}

// SaysAs reports whether two marks of a group, of one run, say the same: its lists only
// grow, and where no turn is left nothing else tells anything.
func (m GroupMark) SaysAs(other GroupMark) bool {
	if len(m.Turns) != len(other.Turns) {
		return false
	}
	return len(m.Turns) == 0 || m.Progress == other.Progress && len(m.Begun) == len(other.Begun)
}

// key tells what a mark is about.
func (m Mark) key() string {
	if m.Server != nil {
		return "server " + m.Server.Name
	}
	return "group " + m.Group.Name
}

// over reports whether a mark says that there is nothing to know any more.
func (m Mark) over() bool {
	if s := m.Server; s != nil {
		return s.Drained.IsZero() && s.Disrupted.IsZero() && !s.New
	}
	return len(m.Group.Turns) == 0
}

// Complete reports whether a mark says one thing.
func (m Mark) Complete() bool { return (m.Server != nil) != (m.Group != nil) }

// lastOfGroups are the marks that count, by the names of their groups.
func lastOfGroups(marks []Mark) map[string]GroupMark {
	last := make(map[string]GroupMark)
	for _, m := range marks {
		if m.Group != nil {
			last[m.Group.Name] = *m.Group
		}
	}
	return last
}

// PruneMarks are some of all marks, oldest first, without those that a later one has
// taken the place of. One that says that something is over is kept for deeds.Keep, since
// what it ends may be noted elsewhere; any other for deeds.KeepPlanned.
func PruneMarks(some, all []Mark, now time.Time) []Mark {
	last := make(map[string]Mark, len(all))
	for _, m := range all {
		last[m.key()] = m
	}
	return slices.DeleteFunc(slices.Clone(some), func(m Mark) bool {
		l := last[m.key()]
		keep := deeds.KeepPlanned
		if m.over() {
			keep = deeds.Keep
		}
		return !l.At.Equal(m.At) || l.Account != m.Account || now.Sub(m.At) >= keep
	})
}

// Disturbed are the servers that earlier runs have drained or disrupted, as the planner
// wants them.
func Disturbed(marks []Mark) (list []planner.Disturbed) {
	for _, m := range marks {
		if s := m.Server; s != nil && !(s.Drained.IsZero() && s.Disrupted.IsZero()) {
			list = append(list, planner.Disturbed{Name: s.Name, ID: s.ID, Drained: s.Drained, Disrupted: s.Disrupted})
		}
	}
	return list
}
