package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

func newDrift(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "drift [-f FILE]...",
		Short: "Tell whether servers have become different from the file",
		Long: `Compare the servers with fleet files and tell how they differ, whatever may be done
about it; change nothing. Exit with 0 where there is no drift, and with 2 where there
is. A server in transition counts as what it is about to be.

With --since, what is newly written in the files is no drift: only what the former
ones said already. With --once, as for cron, the same drift is reported once, and
then its end.`,
		Example: `  fleet drift
  fleet drift --since HEAD~1
  fleet drift --once /var/lib/fleet/drift --metrics /var/lib/node_exporter/fleet.prom
  fleet drift --markdown drift.md
  fleet drift --json | jq .summary`,
		Args: noArguments("name fleet files with -f, a former one with --since"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd, c.flags.files, c.drift)
		},
	}
}

func (c *command) drift(ctx context.Context, rec *record) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	baseline, err := c.baseline(ctx)
	if err != nil {
		return err
	}
	last, err := c.lastReported()
	if err != nil {
		return err
	}
	engine, err := c.connect()
	if err != nil {
		return err
	}
	seen, err := engine.Observe(ctx, in)
	if err != nil {
		return err
	}
	d, p := planner.FindDrift(in.Fleet, baseline, seen, in.Selection), planner.Diff(in.Fleet, seen, in.Selection)
	d.Postpone(engine.Resting(ctx, p))
	rec.observed(in.Fleet, seen, d)
	rec.Run = render.Run{Drift: d, Plan: p}
	if err := c.showDrift(rec.Run, last); err != nil {
		return err
	}
	if len(d.Differences) > 0 {
		return errChangesPending
	}
	return nil
}

// showDrift writes the drift to stdout, as text or as its document. With --once
// text is written only where the last report told something else; what was
// written is noted after it is out, so that it is rather told twice than never.
func (c *command) showDrift(run render.Run, last string) error {
	d := run.Drift
	fingerprint := d.Fingerprint()
	reported := c.flags.once != "" && fingerprint == last
	var err error
	switch {
	case c.flags.json:
		err = render.DriftJSON(c.Stdout, d, reported)
	case !reported:
		_, err = io.WriteString(c.Stdout, render.Drift(run, last != "", c.style(c.Stdout)))
	}
	if err := written("the drift", err); err != nil {
		return err
	}
	if c.flags.once == "" || reported {
		return nil
	}
	return replaceFile("what was reported", c.flags.once, []byte(fingerprint+"\n"), 0o600)
}

// lastReported is the fingerprint in the file of --once; "" where nothing was
// reported yet, or last that there is no drift.
func (c *command) lastReported() (string, error) {
	if c.flags.once == "" {
		return "", nil
	}
	data, err := readFile(c.flags.once)
	if err != nil {
		return "", fmt.Errorf("cannot read what was reported: %w", err)
	}
	if err := checkFolder("what was reported", c.flags.once); err != nil {
		return "", err
	}
	return strings.TrimSpace(string(data)), nil
}
