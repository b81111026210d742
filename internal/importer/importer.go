package importer

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Job is what to import, and into which files.
type Job struct {
	Observation planner.Observation
	Texts       []fleet.Text // the fleet files that there are; none: a new one is written
	Fleet       *fleet.Fleet // what they say; an empty one where there are none
	Into        string       // the file that gets the entries: one of Texts, or a new one
	Patterns    []string     // of the servers' names; none: all
	Owns        []string     // what a new file is to own; none: what it lists
}

// Result is what comes of a Job.
type Result struct {
	Files     []File
	Servers   []planner.Server // that have got an entry, or whose entry has changed
	Entries   int              // how many entries are theirs
	Existing  int              // how many servers an entry lists already
	Left      []Left
	Unmanaged []Unmanaged
	Inherited []Inherited
}

// File is a file with its text before and after. Old is nil where the file is new.
type File struct {
	Name     string
	Old, New []byte
}

// Import writes entries for the servers that no entry lists.
func Import(j Job) (*Result, error) {
	chosen, r := j.choose()
	for _, c := range chosen {
		r.Servers = append(r.Servers, *c.live)
	}
	d, n := writtenDefaults(j.Fleet, j.Observation), newNames(j.Fleet, j.Observation)
	if len(chosen) > 0 {
		var err error
		if len(j.Texts) == 0 {
			d = j.newFile(chosen, n, r)
		} else {
			err = j.additions(chosen, d, n, r)
		}
		if err == nil {
			err = j.prove(r)
		}
		if err != nil {
			return nil, err
		}
	}
	j.suggest(r.Left, d, n)
	return r, nil
}

// DetailsFor lists the ids of the servers that a job would import, so that their
// details can be read.
func (j Job) DetailsFor(servers []planner.Server) (ids []string) {
	j.Observation = planner.Observation{Servers: servers}
	chosen, _ := j.choose()
	for _, c := range chosen {
		ids = append(ids, c.live.ID)
	}
	return ids
}

// read parses the files with their changes.
func (j Job) read(files []File) (*fleet.Fleet, error) {
	texts := slices.Clone(j.Texts)
	for _, f := range files {
		i := slices.IndexFunc(texts, func(t fleet.Text) bool { return t.Name == f.Name })
		if i < 0 {
			i, texts = len(texts), append(texts, fleet.Text{Name: f.Name})
		}
		texts[i].Data = f.New
	}
	after, err := fleet.Parse(texts...)
	if err != nil {
		return nil, fmt.Errorf("the new text is no fleet file: %w", err)
	}
	return after, nil
}
