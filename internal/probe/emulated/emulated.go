// Package emulated probes the servers of an emulator, which no network reaches: in the
// sandbox and in tests, by the emulator's clock, so that it also lives in a
// [testing/synctest] bubble.
//
//	e := &emulator.Emulator{ServiceOf: func(s vpsorg.Server) emulator.Service {
//		return emulator.Service{Boot: 20 * time.Second, Linger: 30 * time.Second}
//	}}
//	engine.Prober = emulated.Prober{Emulator: e}
//
// Probes of kind tcp and http are answered by what runs at the server's address. What is
// no server's own to answer, such as a gate, goes to another prober: a test's that notes
// the commands and lets them fail or hang, or the real one.
package emulated

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// limit is for how long an answer is waited for.
const limit = 5 * time.Second

// Prober implements apply.Prober.
type Prober struct {
	Emulator *emulator.Emulator
	Others   apply.Prober // commands and queries; nil: all hold, and end well
}

// Probe asks once.
func (p Prober) Probe(ctx context.Context, probe fleet.Probe, t apply.Target) error {
	switch ask := probe.Command != nil || probe.Prometheus != nil || t.Name == ""; {
	case ask && p.Others == nil:
		return ctx.Err()
	case ask:
		return p.Others.Probe(ctx, probe, t)
	case t.IP == "":
		return errors.New("no address yet")
	}
	status := 200
	switch p.Emulator.Serve(t.IP) {
	case emulator.Refused:
		return errors.New("connection refused")
	case emulator.Silent:
		return silence(ctx)
	case emulator.NotReady:
		status = 503
	}
	if probe.HTTP != nil && probe.HTTP.Status != status {
		return fmt.Errorf("http %d", status)
	}
	return ctx.Err()
}

// Run runs a command.
func (p Prober) Run(ctx context.Context, c fleet.Command, t apply.Target, phase apply.Phase) error {
	if p.Others == nil {
		return ctx.Err()
	}
	return p.Others.Run(ctx, c, t, phase)
}

// silence waits for an answer that never comes.
func silence(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	<-ctx.Done()
	return context.Cause(ctx)
}
