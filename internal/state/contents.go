package state

import (
	"context"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Contents are all that a shared store keeps, as people may see it.
type Contents struct {
	Place    string    `json:"place"` // where it is, without secrets
	Now      time.Time `json:"now"`   // by the store's clock
	Accounts []Account `json:"accounts"`
	Plans    []string  `json:"plans"` // the digests of those that are kept, of all accounts
}

// Account is what a shared store keeps of one account.
type Account struct {
	Endpoint    string               `json:"endpoint"`
	Account     string               `json:"account"`         // "": of runs to which the API did not tell it
	Epoch       int64                `json:"epoch"`           // how many times the lease was taken
	Lease       *Lease               `json:"lease,omitempty"` // without its nonce; nil: nobody has it
	Intents     []apply.Intent       `json:"intents"`
	Deeds       []deeds.Deed         `json:"deeds"`
	Marks       []rollout.Mark       `json:"marks"`
	Corrections []planner.Correction `json:"corrections"`
}

// Contents reads all that the store keeps, but for the details of servers.
func (s *Shared) Contents(ctx context.Context) (Contents, error) {
	c := Contents{Place: s.backend.Place(), Accounts: []Account{}, Plans: []string{}}
	if err := s.checkProof(ctx); err != nil {
		return c, err
	}
	list, err := s.list(ctx, listStates, "")
	if err != nil {
		return c, err
	}
	docs, err := s.documents(ctx, list)
	if err != nil {
		return c, err
	}
	proof, err := s.object(ctx, readState, proofName)
	if err != nil {
		return c, err
	}
	c.Now = proof.Now
	for _, d := range docs {
		c.Accounts = append(c.Accounts, d.shown(c.Now))
	}
	for _, l := range list {
		if _, file, isPlan := strings.Cut(l.Name, plansPrefix); isPlan {
			c.Plans = append(c.Plans, strings.TrimSuffix(file, ".json"))
		}
	}
	return c, nil
}

// shown is a document as people may see it.
func (d document) shown(now time.Time) Account {
	a := Account{Endpoint: d.Endpoint, Account: d.Account, Epoch: d.Epoch, Intents: listed(d.Intents), Deeds: listed(d.Deeds),
		Marks: listed(d.Marks), Corrections: listed(d.Corrections)}
	if held := d.held(now); held != nil {
		lease := *held
		lease.Nonce = ""
		a.Lease = &lease
	}
	return a
}

// listed is a list that JSON shows as one, though nothing is in it.
func listed[T any](list []T) []T { return append([]T{}, list...) }
