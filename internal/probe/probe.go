// Package probe asks servers how they are, and runs the commands of rollouts: it is
// what package apply asks through its interface Prober. Whatever is asked, and whatever
// it answers, is bounded in time, in size and in number. What an answer means for a
// rollout, how often to ask and for how long it must hold is decided in apply.
//
// What comes from a server or a command is data: a short piece of it, in quotes, is
// told in an error, and nothing else is made of it.
package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

const (
	limit  = 5 * time.Second // of one probe over the network
	atOnce = 32              // probes, and as many commands beside them
)

// Prober asks over the network, and runs commands on this host.
type Prober struct {
	environ  []string
	limit    time.Duration
	probes   slots
	commands slots
}

var _ apply.Prober = (*Prober)(nil)

// New returns a prober whose commands get these variables, each as NAME=value, but
// none that fleet reads itself.
func New(environ []string) *Prober {
	return &Prober{inherited(environ), limit, make(slots, atOnce), make(slots, atOnce)}
}

// Probe asks once, and is nil if the probe holds.
func (p *Prober) Probe(ctx context.Context, probe fleet.Probe, t apply.Target) error {
	if err := p.probes.take(ctx); err != nil {
		return err
	}
	defer p.probes.give()
	if probe.Command != nil {
		return p.run(ctx, *probe.Command, t, apply.PhaseProbe)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.limit, fmt.Errorf("no answer within %s", p.limit))
	defer cancel()
	switch {
	case probe.HTTP != nil:
		return inWords(ctx, askHTTP(ctx, *probe.HTTP, t))
	case probe.Prometheus != nil:
		return inWords(ctx, askPrometheus(ctx, *probe.Prometheus, t))
	}
	return inWords(ctx, askTCP(ctx, probe.TCP, t))
}

// Run runs a command to its end, and is nil if it ended with 0.
func (p *Prober) Run(ctx context.Context, c fleet.Command, t apply.Target, phase apply.Phase) error {
	if err := p.commands.take(ctx); err != nil {
		return err
	}
	defer p.commands.give()
	return p.run(ctx, c, t, phase)
}

// slots bound how many do something at once.
type slots chan struct{}

// take waits for a slot. Without one it returns why the context has ended.
func (s slots) take(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s slots) give() { <-s }
