package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// permitted refuses a plan that may not be carried out, before its first change.
func (s *session) permitted(p *planner.Plan) error {
	if p.Empty() {
		return nil
	}
	if s.flags.digest != "" && p.Digest() != s.flags.digest {
		return refusal{"the plan is not the one that was reviewed, nothing was changed",
			"the servers or the file have changed since; review the plan as it is now and give its digest\na plan file, or a plan that an apply of its digest has kept on this host, would have let it resume"}
	}
	if s.flags.autoApprove && !s.flags.bootstrap && p.Scope.Listed >= bootstrapSize && p.Scope.Live == 0 {
		return refusal{fmt.Sprintf("none of the %d listed servers is there, which is how a wrong token or account looks", p.Scope.Listed),
			"if all of them are to be created, say so with --bootstrap"}
	}
	return guarded(p)
}

// bootstrapSize is how many listed servers have to be missing, all of them, for
// that to be suspicious.
const bootstrapSize = 10

// guarded refuses a plan that goes beyond its guards.
func guarded(p *planner.Plan) error {
	var texts, hints []string
	for _, v := range p.Violations() {
		text, hint := render.Violation(v)
		texts, hints = append(texts, text), append(hints, hint)
	}
	if texts == nil {
		return nil
	}
	return refusal{"refused, nothing was changed: " + strings.Join(texts, "; "), strings.Join(hints, "\n")}
}

// ask gets a yes, for the plan that was shown, on the terminal.
func (s *session) ask(ctx context.Context) error {
	s.tell("\nCarry out this plan? Only \"yes\" is accepted: ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(s.Stdin).ReadString('\n') // what was read by an error is no yes
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		s.tell("\n")
		return ctx.Err()
	case a := <-answer:
		if a != "yes" {
			return fmt.Errorf("not approved, nothing was changed")
		}
		return nil
	}
}

// remaining looks at the servers of an approved plan again and returns what is
// still to do of it. What is in conflict with them is blocked, and so is whatever
// needs it.
func remaining(ctx context.Context, w world, p *planner.Plan) (*planner.Plan, error) {
	o, err := w.observer.Plan(ctx, p)
	if err != nil {
		return nil, err
	}
	if p.Account != o.Account {
		return nil, refusal{fmt.Sprintf("the plan is for the account %s, the token is of %s", orUnknown(p.Account), orUnknown(o.Account)), "use the token that the plan was made with, or make a new plan"}
	}
	w.journal.Settle(o)
	left, refused := p.Remaining(o)
	left.Blocked = append(slices.Clone(left.Blocked), render.RefusedAsBlocked(refused)...)
	return left, nil
}

func orUnknown(account string) string {
	if account == "" {
		return "(unknown)"
	}
	return account
}
