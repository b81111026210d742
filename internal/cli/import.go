package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/importer"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// importFlags are the flags that only import has.
type importFlags struct {
	into             string
	status, location string
	write            bool
	details          bool
	accept           bool
}

func newImport(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "import [PATTERN...]",
		Short: "Write the fleet file for servers that exist",
		Long: `Write entries for the servers of the account that no entry lists yet: a whole new
file where there is none, or else what is to be added, as a diff. A PATTERN is a name
in which * stands for any text. --write saves it; without, nothing is written. What
comes out has been read and planned: it changes no server.

With --accept it is the other way round: where servers of the PATTERNs have become
different from the file, the file is changed to what they are.`,
		Example: `  fleet import
  fleet import --write
  fleet import 'web-*' --location us-west -f web.yaml --write
  fleet import -f fleet/ --into fleet/new.yaml --details
  fleet import --accept web-04`,
		ValidArgsFunction: c.namesInFile, // for --accept; only the API knows what there is to import
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, p := range args {
				if err := checkPattern(p); err != nil {
					return err
				}
			}
			if c.flags.imports.accept {
				return c.acceptDrift(cmd.Context(), c.flags.imports, args)
			}
			return c.importServers(cmd.Context(), c.flags.imports, args)
		},
	}
}

// importServers writes entries for servers that no entry lists.
func (c *command) importServers(ctx context.Context, i importFlags, patterns []string) error {
	job, err := c.importJob(i, patterns)
	if err != nil {
		return err
	}
	engine, err := c.connect()
	if err != nil {
		return err
	}
	in := apply.Input{Fleet: job.Fleet, Selection: planner.Selection{Targets: patterns}}
	progress := c.detailProgress()
	job.Observation, err = engine.List(ctx, in, i.filter(), true, func(servers []planner.Server) []string {
		if !i.details && job.Fleet.Defaults.BackupsEnabled == nil {
			return nil
		}
		ids := job.DetailsFor(servers)
		progress.begin(len(ids))
		return ids
	})
	progress.end()
	if err != nil {
		return err
	}
	job.Observation.Servers = slices.DeleteFunc(job.Observation.Servers, func(s planner.Server) bool { return !i.passes(s) })
	r, err := importer.Import(job)
	if err != nil {
		return err
	}
	return c.finishImport(i, r, render.Imported(r, c.style(c.Stderr)))
}

// filter is what the API is to leave out.
func (i importFlags) filter() vpsorg.ListFilter {
	return vpsorg.ListFilter{Status: vpsorg.Status(i.status), Location: i.location}
}

// passes reports whether a server is one that the filter asks for, whatever an API
// makes of it.
func (i importFlags) passes(s planner.Server) bool {
	return (i.status == "" || string(s.Status) == i.status) && (i.location == "" || s.Location == i.location)
}

// importJob reads the files into which is imported.
func (c *command) importJob(i importFlags, patterns []string) (importer.Job, error) {
	j := importer.Job{Fleet: new(fleet.Fleet), Patterns: patterns}
	texts, err := c.importTexts()
	if err != nil {
		return j, err
	}
	if j.Texts = texts; len(texts) > 0 {
		if j.Fleet, err = fleet.Parse(texts...); err != nil {
			return j, err
		}
	} else {
		j.Owns = owns(i, patterns)
	}
	j.Into, err = c.importInto(i.into, texts)
	return j, err
}

// owns are the names that a new file speaks for: those that it was asked for. Where
// names do not tell which those are, it is what it lists.
func owns(i importFlags, patterns []string) []string {
	switch {
	case i.filter() != vpsorg.ListFilter{} || slices.ContainsFunc(patterns, func(p string) bool { return !fleet.ValidPattern(p) }):
		return nil
	case len(patterns) == 0:
		return []string{"*"}
	}
	return patterns
}

// finishImport shows what would be written, or writes it, and then tells the rest.
func (c *command) finishImport(i importFlags, r *importer.Result, told string) error {
	if i.write {
		if err := c.writeImport(r.Files); err != nil {
			return err
		}
		io.WriteString(c.Stderr, render.Inherited(r))
	} else if err := c.showImport(r); err != nil {
		return err
	}
	io.WriteString(c.Stderr, told)
	switch {
	case len(r.Files) == 0:
	case i.write:
		for _, f := range r.Files {
			fmt.Fprintf(c.notices, "Saved in %s.\n", render.Escape(f.Name))
		}
	default:
		fmt.Fprintf(c.notices, "Nothing is written yet; --write saves it in %s.\n", render.Escape(r.Files[0].Name))
	}
	return nil
}

// showImport writes a new file as it is, and changes of others as a diff.
func (c *command) showImport(r *importer.Result) error {
	text := render.Inherited(r)
	for _, f := range r.Files {
		if f.Old == nil && len(r.Files) == 1 {
			text += string(f.New)
		} else {
			text += render.Diff(f.Name, f.Old, f.New, c.style(c.Stdout))
		}
	}
	return c.show(text)
}
