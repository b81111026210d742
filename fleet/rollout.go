package fleet

import (
	"slices"
	"time"
)

// Rollout says how many servers of a group may be unavailable at once, in which order
// they are disrupted, and what each must pass before the next one follows. In
// documents it stands in the words of the fleet file.
type Rollout struct {
	Name string `json:"name"` // its key under rollouts
	Pick
	MaxUnavailable   Limit    `json:"max_unavailable"`  // rounded down
	MaxSurge         Limit    `json:"max_surge"`        // NAME--next servers alive at once, rounded up
	Domain           string   `json:"domain,omitempty"` // DomainLocation, or DomainLabel and a label's key: disruptions in one at a time
	After            []string `json:"after,omitempty"`  // rollouts that are to be done first
	Steps            []Limit  `json:"steps,omitempty"`  // rising, the last one 100%; none: all in one step
	Pause            Pause    `json:"pause,omitzero"`   // between steps
	MaxFailures      int      `json:"max_failures"`     // beyond these the group stops
	Gate             []Probe  `json:"gate,omitempty"`   // asked before each disruption
	Ready            []Probe  `json:"ready,omitempty"`  // all must hold for a server to be ready
	ReadyFor         Duration `json:"ready_for"`        // so long, without a break
	ReadyTimeout     Duration `json:"ready_timeout"`
	MinDown          Duration `json:"min_down"` // a reboot without evidence of a new boot is not over before
	ProgressDeadline Duration `json:"progress_deadline"`
	Drain            *Command `json:"drain,omitempty"`   // runs before a server is disrupted
	Restore          *Command `json:"restore,omitempty"` // runs once it is ready again
	At               Pos      `json:"at,omitzero"`
}

// What Rollout's Domain may be; DomainLabel is followed by the key of a label.
const (
	DomainLocation = "location"
	DomainLabel    = "label:"
)

// What a rollout has where the file does not say otherwise. ReadyFor is 0 where
// nothing is probed.
const (
	DefaultReadyFor         = 10 * time.Second
	DefaultReadyTimeout     = 5 * time.Minute
	DefaultMinDown          = time.Minute
	DefaultProgressDeadline = 10 * time.Minute
)

// Pick chooses entries by patterns of names and by labels; an entry must match both
// where both are written. Its zero value chooses every entry.
type Pick struct {
	Names  []string `json:"names,omitempty"`
	Labels Selector `json:"labels,omitzero"`
}

// Matches reports whether an entry of this name, with these labels, is chosen.
func (p Pick) Matches(name string, labels Labels) bool {
	named := len(p.Names) == 0 || slices.ContainsFunc(p.Names, func(pattern string) bool { return Match(pattern, name) })
	return named && p.Labels.Matches(labels)
}

// Pause is what lies between two steps of a rollout; none is the zero Pause.
type Pause struct {
	Manual bool     `json:"manual,omitempty"` // until somebody goes on with it
	For    Duration `json:"for,omitzero"`
}

// Duration is a time.Duration that stands in documents as it does in the file: 1m30s.
type Duration struct{ time.Duration }

// MarshalText writes what String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// IsMember reports whether an entry counts among those of a rollout's group: it is
// chosen, and is to be active or has its power left alone.
func (r *Rollout) IsMember(s *Server) bool {
	return !s.Absent && s.Status != StatusStopped && r.Matches(s.Name, s.Labels)
}

// Size is how many entries of a fleet count among the group's; a % is of these.
func (r *Rollout) Size(f *Fleet) (n int) {
	for i := range f.Servers {
		if r.IsMember(&f.Servers[i]) {
			n++
		}
	}
	return n
}
