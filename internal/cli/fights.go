package cli

import (
	"encoding/json"
	"os"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// fights is the file, beside the journal, that remembers what unattended applies
// have corrected. It never says what exists, and to lose it costs nothing: what is
// undone again and again is noticed some runs later.
type fights struct{ path string }

type fightsDocument struct {
	FormatVersion int                  `json:"format_version"`
	Corrections   []planner.Correction `json:"corrections"`
}

// read returns what is remembered; of a file that is damaged, nothing.
func (f fights) read() []planner.Correction {
	data, err := readFile(f.path)
	var doc fightsDocument
	if err != nil || json.Unmarshal(data, &doc) != nil || doc.FormatVersion != 1 {
		return nil
	}
	return doc.Corrections
}

// write remembers corrections; none need no file.
func (f fights) write(c []planner.Correction) error {
	if len(c) == 0 {
		f.forget()
		return nil
	}
	data, err := json.Marshal(fightsDocument{1, c})
	if err != nil {
		return err
	}
	return replaceFile("what was corrected", f.path, append(data, '\n'), 0o600)
}

// forget ends all pauses: a person has looked at what is to be done.
func (f fights) forget() { _ = os.Remove(f.path) } // most often there is none

// unattended reports whether nobody reviews this run's plan.
func (s *session) unattended() bool { return s.flags.autoApprove && s.flags.digest == "" }

// holdFights takes out of an unattended run's plan what is undone each time. The
// returned remember notes, once the run is over, what it has corrected.
func (s *session) holdFights(mem fights, f *fleet.Fleet, p *planner.Plan) (held *planner.Plan, remember func()) {
	past := mem.read()
	looked := func(name string) bool {
		e, listed := f.Lookup(name)
		return listed && s.flags.selection().Includes(e) || !listed && f.OwnsName(name) && s.flags.selection().IncludesUnlisted(name)
	}
	return p.HoldFights(past, s.flags.fightAfter), func() {
		if err := mem.write(planner.Remember(past, p.Changes, done(s.run.Result), looked)); err != nil {
			s.log.Warn().Err(err).Msg("fights go unnoticed")
		}
	}
}

// done are the changes that a run has made.
func done(r *apply.Result) (changes []planner.Change) {
	if r == nil {
		return nil
	}
	for _, rep := range r.Reports {
		if rep.Change != nil && rep.Outcome == apply.Done {
			changes = append(changes, rep.Change)
		}
	}
	return changes
}
