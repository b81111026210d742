package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

func newDrift(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drift [-f FILE]...",
		Short: "Tell whether servers have become different from the file",
		Long: `Compare the servers with fleet files and tell how they differ, whatever may be done
about it; change nothing. Exit with 0 where there is no drift, and with 2 where there
is. A server on its way somewhere counts as what it is about to be.

With --since, what is newly written in the files is no drift: only what the former
ones said already. With --once, as for cron, the same drift is reported once, and
then its end.`,
		Example: `  fleet drift
  fleet drift --since HEAD~1
  fleet drift --once /var/lib/fleet/drift --metrics /var/lib/node_exporter/fleet.prom
  fleet drift --json | jq .summary`,
		Args: noArguments("name fleet files with -f, a former one with --since"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.measured("drift", nil, func() error { return s.drift(cmd.Context()) })
		},
	}
	s.flags.forFiles(cmd.Flags())
	s.flags.forWorld(cmd.Flags())
	s.flags.forMetrics(cmd.Flags())
	cmd.Flags().StringVar(&s.flags.since, "since", "", "leave out what was written since this former `file`, directory or git revision")
	cmd.Flags().StringVar(&s.flags.once, "once", "", "write text only where the drift is not the one that this `file` remembers")
	return cmd
}

func (s *session) drift(ctx context.Context) error {
	f, err := s.load()
	if err != nil {
		return err
	}
	former, err := s.former(ctx)
	if err != nil {
		return err
	}
	last, err := s.lastReported()
	if err != nil {
		return err
	}
	w, err := s.connect()
	if err != nil {
		return err
	}
	o, err := s.observe(ctx, w, f)
	if err != nil {
		return err
	}
	d := planner.FindDrift(f, former, o, s.flags.selection())
	s.find(f, o, d)
	if err := s.showDrift(d, last); err != nil {
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
func (s *session) showDrift(d *planner.Drift, last string) error {
	fingerprint := d.Fingerprint()
	reported := s.flags.once != "" && fingerprint == last
	var err error
	switch {
	case s.flags.json:
		err = render.DriftJSON(s.Stdout, d, reported)
	case !reported:
		_, err = io.WriteString(s.Stdout, render.Drift(d, last != "", s.style(s.Stdout)))
	}
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("cannot write the drift: %w", err)
	}
	if s.flags.once == "" || reported {
		return nil
	}
	return replaceFile("what was reported", s.flags.once, []byte(fingerprint+"\n"), 0o600)
}

// lastReported is the fingerprint in the file of --once; "" where nothing was
// reported yet, or last that there is no drift.
func (s *session) lastReported() (string, error) {
	if s.flags.once == "" {
		return "", nil
	}
	data, err := readFile(s.flags.once)
	if err != nil {
		return "", fmt.Errorf("cannot read what was reported: %w", err)
	}
	if err := checkFolder("what was reported", s.flags.once); err != nil {
		return "", err
	}
	return strings.TrimSpace(string(data)), nil
}
