package cli

import (
	"context"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/importer"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// acceptDrift writes what servers have become into the files.
func (c *command) acceptDrift(ctx context.Context, i importFlags, patterns []string) error {
	switch {
	case len(patterns) == 0:
		return refusal{"--accept takes the names of servers", "'*' accepts what has become of all"}
	case i.into != "" || i.details || i.status != "" || i.location != "":
		return refusal{"--accept changes the entries of the servers that it names, and no others", "leave out --into, --details, --status and --location"}
	}
	texts, err := fleet.ReadTexts(c.flags.files...)
	if err != nil {
		return err
	}
	f, err := fleet.Parse(texts...)
	if err != nil {
		return err
	}
	engine, err := c.connect()
	if err != nil {
		return err
	}
	seen, err := engine.Observe(ctx, apply.Input{Fleet: f, Selection: planner.Selection{Targets: patterns}})
	if err != nil {
		return err
	}
	r, err := importer.Accept(importer.Job{Observation: seen, Texts: texts, Fleet: f, Patterns: patterns})
	if err != nil {
		return err
	}
	return c.finishImport(i, r, render.Accepted(r, c.style(c.Stderr)))
}
