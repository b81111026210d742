package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Store keeps what outlives a run: for each account at an endpoint, a State. It is
// never asked what exists. internal/state has the drivers, and the contract test
// that each of them passes.
//
// A Key's account is what the API tells of the token, and it may tell nothing. A run
// without an account could be anybody's, so it locks the whole endpoint and sees the
// open intents of all its accounts, and every account sees the open intents of such
// runs.
type Store interface {
	// Open opens an account's state to be read; that needs no lock.
	Open(ctx context.Context, k Key) (State, error)

	// Lock opens an account's state for an apply. Until it is closed nobody else has
	// it so; who has it now is told by an error that is ErrLocked. It does not wait.
	Lock(ctx context.Context, k Key, h Holder) (LockedState, error)

	// Intents are the open intents of all accounts at all endpoints, oldest first.
	Intents(ctx context.Context) ([]Intent, error)
}

// Key says whose state it is.
type Key struct {
	Endpoint string
	Account  string // "": the API does not tell
}

// State is what earlier runs have left of one account. It is sure to stay as it was read
// only for the holder of the lock.
type State interface {
	// Intents are the creates that may have made a server, oldest first.
	Intents(ctx context.Context) ([]Intent, error)

	// Deeds are what earlier runs have done lately, and the reboots that they owe,
	// oldest first.
	Deeds(ctx context.Context) ([]deeds.Deed, error)

	// Marks are what rollouts of earlier runs have left to be known, oldest first.
	Marks(ctx context.Context) ([]rollout.Mark, error)

	// Corrections are what unattended applies have put right, and how often in a row.
	Corrections(ctx context.Context) ([]planner.Correction, error)

	// Details are what has been read of servers one by one, by id. An error costs
	// requests and nothing else: they are read anew.
	Details(ctx context.Context) (map[string]observe.Detail, error)

	// PutDetails replaces them. Of two at once, one wins.
	PutDetails(ctx context.Context, all map[string]observe.Detail) error

	// Plan is the plan that was kept under a digest; nil where there is none, or it
	// was kept more than KeepPlans ago.
	Plan(ctx context.Context, digest string) (*KeptPlan, error)

	// PutPlan keeps a plan under its digest, so that an apply of the digest knows
	// what is left of the plan again. It is durable before PutPlan returns. One that
	// is kept already stays as it is.
	PutPlan(ctx context.Context, p *planner.Plan) error

	// Close ends the use of the state and gives a lock back.
	Close() error
}

// LockedState is a State that no other apply may change meanwhile. It is safe for
// concurrent use.
type LockedState interface {
	State

	// Announce tells which creates will be begun soon, in that order, and makes sure
	// that the state can be written before the first change. The At of an announced
	// intent is not known yet. Where each write costs a while they may be made durable
	// ahead, so that their Begins need not wait; those that were never begun are
	// dropped by Close.
	Announce(ctx context.Context, creates []Intent) error

	// Begin notes an intent. It is durable when Begin returns nil; after an error
	// the create must not be sent. Begins at the same time share the cost.
	Begin(ctx context.Context, i Intent) error

	// MayChange reports whether the account may be changed right now. It is asked just
	// before each request that changes something leaves, and costs nothing. An error
	// that is ErrLapsed passes; with one that is ErrLeaseLost nothing may be sent any
	// more.
	MayChange() error

	// Resolve notes what became of an intent. It need not be durable, because one
	// that is still open after a crash is resolved anew; but an error tells that the
	// next run will have to, and is for the user to see.
	Resolve(ctx context.Context, i Intent, r Resolution) error

	// Note notes a deed. If it is to be durable, it is when Note returns nil, and all
	// that was noted before it is too.
	Note(ctx context.Context, d deeds.Deed, durable bool) error

	// Mark notes a mark. It is durable when Mark returns nil.
	Mark(ctx context.Context, m rollout.Mark) error

	// PutCorrections replaces the corrections; none forgets all.
	PutCorrections(ctx context.Context, all []planner.Correction) error

	// DropPlan forgets a kept plan that is done. There may be none.
	DropPlan(ctx context.Context, digest string) error
}

// KeptPlan is a plan that was kept under its digest.
type KeptPlan struct {
	*planner.Plan
	Since time.Time // by the clock of whatever keeps it
}

// KeepPlans is how long a plan is kept.
const KeepPlans = 14 * 24 * time.Hour

// ErrLocked is why a state cannot be locked: another apply has it. The error that
// wraps it says who.
var ErrLocked = errors.New("another apply of this account is under way")

// ErrLapsed is why nothing may be changed for now: the state could not be written for
// so long that another apply may take it. It may be written again soon, and then the
// run goes on, unless somebody has taken it.
var ErrLapsed = errors.New("the lease of the account has lapsed")

// ErrLeaseLost is why nothing may be changed any more: another apply has taken the
// account's state. The error that wraps it says who.
var ErrLeaseLost = errors.New("the lease of the account was taken by another apply")

// Holder says who has a lock.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// Intent is a create that is about to be sent, or was sent and is not resolved yet:
// it may have made a server.
type Intent struct {
	Endpoint string    `json:"endpoint"`
	Account  string    `json:"account"`
	Name     string    `json:"name"`
	Plan     string    `json:"plan"` // ids, as they were sent
	OS       string    `json:"os"`
	Location string    `json:"location"`
	Hostname *string   `json:"hostname,omitempty"` // nil: none was sent
	At       time.Time `json:"at"`                 // just before it was sent
	Until    time.Time `json:"until,omitzero"`     // when its request has ended at the latest: by its own time-out, or with the lease of a run that was cut off; zero: soon after At
}

// Fits reports whether a live server is one that the intent could have made.
func (i Intent) Fits(s planner.Server) bool {
	return s.Name == i.Name && i.Spec().Made(s)
}

// Spec is what was sent, as far as lists show it.
func (i Intent) Spec() planner.Spec {
	return planner.Spec{Plan: planner.Named{ID: i.Plan}, OS: planner.Named{ID: i.OS}, Location: i.Location, Hostname: i.Hostname}
}

// Resolution is what became of an intent.
type Resolution struct {
	Made    string `json:"made,omitempty"`    // the id of the server that it made, or
	Refused bool   `json:"refused,omitempty"` // the API refused it; else it is certain that it made nothing
}
