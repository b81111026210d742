package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/ci"
	"github.com/vps-fleet/fleet/internal/metrics"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// record is what a run comes to: what its reports and its metrics are made of.
type record struct {
	render.Run
	warnings fleet.Problems         // of the fleet files
	byStatus map[planner.Status]int // servers that the fleet speaks for, as they were found; nil before
	drift    *planner.Drift         // likewise
}

// observed keeps for the metrics what was found.
func (r *record) observed(f *fleet.Fleet, seen planner.Observation, d *planner.Drift) {
	r.byStatus, r.drift = make(map[planner.Status]int), d
	for _, live := range seen.Servers {
		if f.OwnsName(live.Name) {
			r.byStatus[live.Status]++
		}
	}
}

// report is a file that a command writes beside what it shows.
type report struct {
	what  string                        // the Markdown
	file  string                        // "" where nobody asked for it
	write func(*record) ([]byte, error) // nil is no report; beside an error, the report says what is wrong
	add   bool                          // to what is in the file already
}

// reports are all that may have been asked for, by flags or by the CI system.
func (c *command) reports() []report {
	return slices.Concat([]report{
		{what: "the plan", file: c.flags.out, write: planDocument},
		{what: "the Markdown", file: c.flags.markdown, write: func(r *record) ([]byte, error) { return render.Markdown(r.Run, c.flags.maxBytes) }},
		{what: "the page", file: c.flags.html, write: func(r *record) ([]byte, error) { return render.HTML(r.Run) }},
	}, c.gitHubReports(), c.gitLabReports())
}

// run runs a command on these files, and writes its reports and its metrics, however it
// ends. It refuses to run it where one cannot be written.
func (c *command) run(cmd *cobra.Command, files []string, run func(context.Context, *record) error) error {
	rec, began := new(record), time.Now()
	if c.flags.metrics == "" {
		return c.reported(cmd.Context(), rec, run)
	}
	if err := checkReplace("the metrics", c.flags.metrics); err != nil {
		return err
	}
	err := c.reported(cmd.Context(), rec, run)
	m := metrics.Run{
		Command: cmd.Name(), Files: files, Began: began, Ended: time.Now(),
		ExitCode: exitCode(err), Succeeded: err == nil || errors.Is(err, errChangesPending),
		Requests: c.requests.sent(), ByStatus: rec.byStatus, Drift: rec.drift, Result: rec.Result,
	}
	former, _ := readFile(c.flags.metrics) // one that cannot be read tells of no success
	return c.unlessUnsaved(rec, err, replaceFile("the metrics", c.flags.metrics, m.Text(former), 0o644))
}

// reported runs a command and writes its reports.
func (c *command) reported(ctx context.Context, rec *record, run func(context.Context, *record) error) error {
	if err := c.checkReports(); err != nil {
		return err
	}
	err := c.interrupts.explain(run(ctx, rec))
	if !isShown(err) {
		rec.Err = err
	}
	if c.onGitHub() { // to stderr, where GitHub looks as well, so that stdout stays one document
		_, _ = io.WriteString(c.Stderr, ci.Annotations(c.findings(rec))) // nobody reading it stops no run
	}
	return c.unlessUnsaved(rec, err, c.writeReports(rec))
}

// unlessUnsaved is what a run ends with where something may not have been saved, or
// shown, that it was told to. What became of the servers counts for more; where they
// are as they should be, what is missing makes an apply incomplete.
func (c *command) unlessUnsaved(rec *record, err, failed error) error {
	applied := rec.Result != nil && len(rec.Result.Reports) > 0
	switch {
	case failed == nil:
		return err
	case err == nil && !applied:
		return failed
	}
	fmt.Fprint(c.notices, errorText(failed))
	if err == nil {
		return errIncomplete
	}
	return err
}

// checkReports refuses files that no report can be written to, before anything
// is changed.
func (c *command) checkReports() error {
	for _, r := range c.reports() {
		if r.file == "" {
			continue
		}
		check := checkReplace
		if r.add {
			check = checkFolder
		}
		if err := check(r.what, r.file); err != nil {
			return err
		}
	}
	return nil
}

// writeReports writes every report that was asked for, each whole or not at all
// unless it is added to a file. Where there is none because something failed, a
// former run's goes: it would pass for this one's.
func (c *command) writeReports(rec *record) error {
	var failed []error
	for _, r := range c.reports() {
		if r.file == "" {
			continue
		}
		content, err := r.write(rec)
		if err != nil {
			failed = append(failed, notSaved(r.what, r.file, err))
		}
		switch {
		case content != nil:
			failed = append(failed, r.save(content))
		case (rec.Err != nil || err != nil) && !r.add:
			failed = append(failed, removeFile(r.what, r.file))
		}
	}
	return errors.Join(failed...)
}

func (r report) save(content []byte) error {
	if r.add {
		return appendFile(r.what, r.file, content)
	}
	return replaceFile(r.what, r.file, content, 0o600)
}
