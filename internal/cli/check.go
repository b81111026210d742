package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// check refuses values that no run can use, and reads labels and the digest.
func (f *flags) check() error {
	return cmp.Or(f.checkPatterns(), f.readLabels(), f.checkOnly(), f.readDigest(), f.checkPairs(), f.checkNumbers(), f.checkTimes())
}

// checkPattern refuses what is no pattern of names.
func checkPattern(p string) error {
	if _, err := path.Match(p, ""); err != nil {
		return refusal{fmt.Sprintf("%q is not a pattern", p), "patterns are made of letters, *, ? and [a-z]"}
	}
	return nil
}

func (f *flags) checkPatterns() error {
	for _, p := range slices.Concat(f.targets, f.excludes, f.asked.Reboot, f.asked.Replace, f.asked.Start, f.asked.Stop) {
		if err := checkPattern(p); err != nil {
			return err
		}
	}
	return nil
}

func (f *flags) readLabels() error {
	f.labels = fleet.Selector{}
	for _, text := range f.selectors {
		s, err := fleet.ParseSelector(text)
		if err != nil {
			return err
		}
		f.labels = f.labels.And(s)
	}
	return nil
}

func (f *flags) checkOnly() error {
	if f.only != nil && len(f.only) == 0 {
		return refusal{"--only names no kind of change", "leave it out to make all changes"}
	}
	for _, a := range f.actions() {
		if !slices.Contains(planner.Actions, a) {
			return refusal{fmt.Sprintf("--only %s is not a kind of change", a), "the kinds are " + strings.Join(kinds(), ", ")}
		}
	}
	return nil
}

func (f *flags) readDigest() error {
	if f.digest == "" {
		return nil
	}
	digest, err := planner.ParseDigest(f.digest)
	if err != nil {
		return refusal{"--digest is " + err.Error(), digestHint}
	}
	f.digest = digest
	return nil
}

// checkPairs refuses two flags of which only one can be meant.
func (f *flags) checkPairs() error {
	switch {
	case f.state != "" && f.journal != "":
		return refusal{"--state and --journal both say where the state is kept", "give one of the two; FLEET_STATE and FLEET_JOURNAL count as well"}
	case f.full && f.summary:
		return errors.New("--summary and --full cannot be shown together; give one of them")
	}
	return nil
}

func (f *flags) checkNumbers() error {
	switch {
	case !(f.rate >= 0 && f.rate <= math.MaxFloat64): // NaN is neither
		return refusal{fmt.Sprintf("--rate %g is not a number of requests a second", f.rate), "leave it out to find how many the API takes"}
	case f.maxBytes < 0:
		return fmt.Errorf("--max-bytes %d is negative", f.maxBytes)
	case f.parallelism < 1 || f.parallelism > maxParallelism:
		return fmt.Errorf("--parallelism %d is not between 1 and %d", f.parallelism, maxParallelism)
	case f.maxCorrections < 0:
		return fmt.Errorf("--max-corrections %d is negative", f.maxCorrections)
	}
	return nil
}

func (f *flags) checkTimes() error {
	for _, t := range []struct {
		flag  string
		value time.Duration
	}{
		{"request-timeout", f.requestTimeout}, {"details-max-age", f.detailsMaxAge}, {"poll-interval", f.pollInterval},
		{"timeout", f.timeout}, {"settle", f.settle}, {"wait", f.wait},
	} {
		if t.value < 0 {
			return fmt.Errorf("--%s %s is negative", t.flag, t.value)
		}
	}
	return nil
}

// checkOverrides refuses a freeze that is overridden for no reason, and servers without
// a name.
func (f *flags) checkOverrides(set *pflag.FlagSet) error {
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	switch {
	case set.Changed("override-freeze") && blank(f.overrides.OverrideFreeze):
		return refusal{"--override-freeze gives no reason", "say why, such as --override-freeze 'security update', for those who read the report"}
	case slices.ContainsFunc(f.overrides.AllowUnready, blank):
		return refusal{"--allow-unready names no server", "give the name of an entry, as the plan shows it"}
	}
	return nil
}
