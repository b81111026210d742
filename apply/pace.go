package apply

import (
	"math"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// The time that the API documents for a new server.
const (
	documentedMin = planner.ProvisioningMin
	documentedMax = planner.ProvisioningMax
)

// scouting are the ages at which one server is looked at while nothing is known of
// how long its kind takes: close together at first, since an API may be quick.
// Later each is a quarter more.
var scouting = []time.Duration{0, 1 * time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 8 * time.Second, 12 * time.Second}

// scoutingNew are these ages for a new server, up to when the documented time begins.
var scoutingNew = []time.Duration{0, 1 * time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, documentedMin}

const (
	never  = time.Duration(math.MaxInt64)
	unseen = time.Duration(-1) // the age at its last look of a server not looked at yet
)

// transition is a kind of wait. What one server took tells about the others of its kind.
type transition struct {
	goal goal
	from planner.Status // "" for a server that this run has made
	ours bool           // this run began it, so that its age is known
}

// pace is what a run has learned of how long one kind of transition takes.
type pace struct {
	documented bool          // it is that of a new server
	soonest    time.Duration // the shortest age at which one had arrived; never: none has
	floor      time.Duration // the longest age below soonest at which one had not; unseen: none
	spread     bool          // some take longer than others
	waiting    int           // servers that are waited for
}

func newPace(t transition) *pace {
	return &pace{documented: t.ours && t.from == "" && t.goal == goalActive, soonest: never, floor: unseen}
}

// arrived notes an age at which a server had arrived that had not at its last look.
func (p *pace) arrived(age, missed time.Duration) {
	p.soonest = min(p.soonest, age)
	if p.floor >= p.soonest {
		p.floor, p.spread = min(missed, p.soonest), true
	}
}

// missed notes an age at which a server had not arrived yet.
func (p *pace) missed(age time.Duration) {
	if age < p.soonest {
		p.floor = max(p.floor, age)
	} else {
		p.spread = true
	}
}

// known reports whether there is more to go by than the age of one scout: a server
// has arrived, or all of them are sure to take as long as documented.
func (p *pace) known() bool { return p.soonest < never || p.asDocumented(false) }

// asDocumented reports whether servers are to be expected at any time between the
// documented limits. Where the first to arrive came within them, the others are
// taken to need as long, until one is seen that does not; not so where a look at
// all of them is dear.
func (p *pace) asDocumented(dear bool) bool {
	switch {
	case !p.documented || p.floor < documentedMin/4:
		return false
	case p.soonest == never:
		return p.floor >= documentedMin-time.Second
	}
	return p.soonest >= documentedMin && (p.spread || dear)
}

// expected is between which ages a server may be expected to arrive that had not at
// the age of missed. One that is late is given growth times the age that it has.
func (p *pace) expected(missed time.Duration, dear bool, growth float64) (from, to time.Duration) {
	switch {
	case p.asDocumented(dear) && missed < documentedMax:
		return max(missed, documentedMin), documentedMax
	case p.soonest < never && missed < roundly(p.soonest):
		return roundly(p.soonest), roundly(p.soonest)
	case p.known():
		from = max(time.Duration(float64(missed)*growth), missed+100*time.Millisecond)
		return from, from
	}
	return p.scouted(missed), p.scouted(missed)
}

// width is how far apart the ages are at which servers had and had not arrived.
func (p *pace) width() time.Duration { return p.soonest - max(p.floor, 0) }

// roundly adds to an age what may be needed for one request to be quicker than
// another.
func roundly(age time.Duration) time.Duration { return age + age/256 }

// scouted is the age at which to look at a scout that had not arrived at the age of
// missed.
func (p *pace) scouted(missed time.Duration) time.Duration {
	missed = max(missed, p.floor)
	ages := scouting
	if p.documented {
		ages = scoutingNew
	}
	for _, age := range ages {
		if age = roundly(age); age > missed {
			return age
		}
	}
	return missed + missed/4
}
