package fleet

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Guards are the limits beyond which a whole run is refused.
type Guards struct {
	MaxDeletes      Limit     `json:"max_deletes"`       // servers deleted, replacements included; the default is 0
	MaxChanges      Limit     `json:"max_changes"`       // servers changed in any way; the default is no limit
	MaxMonthlyCost  CostLimit `json:"max_monthly_cost"`  // what the fleet's servers may cost afterwards; the default is no limit
	MaxCostIncrease CostLimit `json:"max_cost_increase"` // how much more than before that may be; the default is no limit
}

// Limit is a number of servers, or a percentage of the fleet's servers.
type Limit = LimitOf[int]

// CostLimit is an amount a month, or a percentage of what the fleet's servers cost
// before the run.
type CostLimit = LimitOf[Money]

// LimitOf is a number of something, or a percentage of it. The zero LimitOf was not
// written.
type LimitOf[T int | Money] struct {
	Set     bool
	Percent bool // N is a percentage
	N       T
	Pos     Pos
}

func (l LimitOf[T]) String() string {
	switch {
	case !l.Set:
		return "no limit"
	case l.Percent:
		return fmt.Sprintf("%d%%", l.N)
	}
	return fmt.Sprint(l.N)
}

// Of is how much of a total the limit allows; a percentage is rounded down.
func (l LimitOf[T]) Of(total T) T {
	if l.Percent {
		return total/100*l.N + total%100*l.N/100 // so that no amount overflows
	}
	return l.N
}

// AtLeast is how much of a total the limit comes to, where a percentage is rounded up.
func (l LimitOf[T]) AtLeast(total T) T {
	if l.Percent {
		return (total*l.N + 99) / 100
	}
	return l.N
}

// MarshalJSON writes a limit as its text, and null for one that was not written.
func (l LimitOf[T]) MarshalJSON() ([]byte, error) {
	if !l.Set {
		return []byte("null"), nil
	}
	return json.Marshal(l.String())
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *LimitOf[T]) UnmarshalJSON(data []byte) error {
	var text *string
	*l = LimitOf[T]{}
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return err
	}
	return l.parse(*text)
}

// parse reads what String writes of a limit that was written.
func (l *LimitOf[T]) parse(text string) (err error) {
	number, percent := strings.CutSuffix(text, "%")
	*l = LimitOf[T]{Set: true, Percent: percent}
	most := 9 // digits
	if amount, isMoney := any(&l.N).(*Money); isMoney && !percent {
		*amount, err = ParseMoney(number)
		return err
	} else if isMoney {
		most = 3
	}
	if !numberPattern.MatchString(number) || len(number) > most {
		return fmt.Errorf("neither a number nor a percentage: %.20q", text)
	}
	n, err := strconv.Atoi(number)
	l.N = T(n)
	return err
}

var guardKeys = []string{"max_deletes", "max_changes", "max_monthly_cost", "max_cost_increase"}

func (r *reader) guards(n node) {
	g := &r.fleet.Guards
	for key, value := range r.known(n, "guards", guardKeys) {
		if !r.once("guards.", key) {
			continue
		}
		switch key.Value {
		case "max_deletes":
			g.MaxDeletes = r.limit(value, key.Value)
		case "max_changes":
			g.MaxChanges = r.limit(value, key.Value)
		case "max_monthly_cost":
			g.MaxMonthlyCost = r.costLimit(value, key.Value, false)
		case "max_cost_increase":
			g.MaxCostIncrease = r.costLimit(value, key.Value, true)
		}
	}
}

func (r *reader) limit(n node, what string) Limit {
	s, ok := r.text(n, what)
	if !ok {
		return Limit{}
	}
	var l Limit
	if err := l.parse(s); err != nil || !l.Percent && !plain(n.Node) {
		r.problemf(n, "write a number, such as 3, or a percentage, such as 30%", "%s must be a number of servers or a percentage of them, not %s", what, quote(s))
		return Limit{}
	}
	if l.Percent && l.N > 100 {
		r.problemf(n, "", "%s is more than 100%%: %s", what, s)
	}
	l.Pos = n.pos()
	return l
}

// costLimit reads an amount and, where that means something, a percentage.
func (r *reader) costLimit(n node, what string, percents bool) CostLimit {
	s, ok := r.text(n, what)
	if !ok {
		return CostLimit{}
	}
	var l CostLimit
	switch err := l.parse(s); {
	case err == nil && (l.Percent && percents || !l.Percent && plain(n.Node)):
		l.Pos = n.pos()
		return l
	case percents:
		r.problemf(n, "write an amount, such as 50, or a percentage, such as 20%", "%s must be an amount a month or a percentage, not %s", what, quote(s))
	default:
		r.problemf(n, "write an amount, such as 500 or 499.50, without a currency", "%s must be an amount a month, not %s", what, quote(s))
	}
	return CostLimit{}
}
