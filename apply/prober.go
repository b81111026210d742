package apply

import (
	"context"
	"errors"

	"github.com/vps-fleet/fleet/fleet"
)

// Prober asks servers how they are, and runs the commands of a rollout.
// internal/probe implements it. An implementation must be safe for concurrent use.
type Prober interface {
	// Probe asks once, and is nil if the probe holds. Why it does not is told by the
	// error in a few words, such as "http 503". It takes no longer than the probe's own
	// limit. A gate is about no server: its target is the zero Target.
	Probe(ctx context.Context, p fleet.Probe, t Target) error

	// Run runs a command to its end, and is nil if it ended with 0. When the context
	// ends or the command's timeout has passed, the command and all that it has started
	// are killed before Run returns.
	Run(ctx context.Context, c fleet.Command, t Target, phase Phase) error
}

// Target is the server that a probe or a command is about.
type Target struct {
	Name     string // of the entry
	ID       string
	IP       string // "": none yet
	Hostname string // "": none
	Location string
	Labels   fleet.Labels
	PeerIP   string // of the server that takes its place or whose place it takes; "": none
}

// Phase is what a command is run for. The command finds it in FLEET_PHASE.
type Phase string

// The phases.
const (
	PhaseDrain   Phase = "drain"
	PhaseRestore Phase = "restore"
	PhaseProbe   Phase = "probe" // a command among ready and gate
)

// noProber is what a run asks that has nothing to ask servers with.
type noProber struct{}

var errNoProber = errors.New("there is nothing to ask servers with")

func (noProber) Probe(context.Context, fleet.Probe, Target) error        { return errNoProber }
func (noProber) Run(context.Context, fleet.Command, Target, Phase) error { return errNoProber }

// firstError does something with one after another, until that fails.
func firstError[T any](list []T, do func(T) error) error {
	for _, x := range list {
		if err := do(x); err != nil {
			return err
		}
	}
	return nil
}
