package fleet

import (
	"encoding/json"
	"fmt"
	"regexp"
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

// Limit is a number of servers, or a percentage of the fleet's servers. The zero
// Limit was not written.
type Limit struct {
	Set     bool
	Percent bool // N is a percentage
	N       int
	Pos     Pos
}

func (l Limit) String() string {
	switch {
	case !l.Set:
		return "no limit"
	case l.Percent:
		return fmt.Sprintf("%d%%", l.N)
	}
	return fmt.Sprint(l.N)
}

// Of is how many of total servers the limit allows; a percentage is rounded down.
func (l Limit) Of(total int) int {
	if l.Percent {
		return total * l.N / 100
	}
	return l.N
}

// AtLeast is how many of total servers the limit comes to, where a percentage is
// rounded up.
func (l Limit) AtLeast(total int) int {
	if l.Percent {
		return (total*l.N + 99) / 100
	}
	return l.N
}

// CostLimit is an amount a month, or a percentage of what the fleet's servers cost
// before the run. The zero CostLimit was not written.
type CostLimit struct {
	Set     bool
	Amount  Money
	Percent int // 0: Amount is the limit
	Pos     Pos
}

func (l CostLimit) String() string {
	switch {
	case !l.Set:
		return "no limit"
	case l.Percent > 0:
		return fmt.Sprintf("%d%%", l.Percent)
	}
	return l.Amount.String()
}

// Of is the amount that the limit comes to where the servers cost this before.
func (l CostLimit) Of(before Money) Money {
	percent := Money(l.Percent)
	return l.Amount + before/100*percent + before%100*percent/100
}

var (
	limitPattern   = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(%?)$`)
	percentPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,2})%$`)
)

// ParseLimit reads what Limit's String writes of one that was written.
func ParseLimit(s string) (Limit, error) {
	m := limitPattern.FindStringSubmatch(s)
	if m == nil {
		return Limit{}, fmt.Errorf("neither a number nor a percentage: %.20q", s)
	}
	count, err := strconv.Atoi(m[1])
	return Limit{Set: true, Percent: m[2] == "%", N: count}, err
}

// ParseCostLimit reads what CostLimit's String writes of one that was written.
func ParseCostLimit(s string) (CostLimit, error) {
	if m := percentPattern.FindStringSubmatch(s); m != nil {
		percent, err := strconv.Atoi(m[1])
		return CostLimit{Set: true, Percent: percent}, err
	}
	amount, err := ParseMoney(s)
	return CostLimit{Set: err == nil, Amount: amount}, err
}

// MarshalJSON writes a limit as its text, and null for one that was not written.
func (l Limit) MarshalJSON() ([]byte, error) { return limitJSON(l.Set, l) }

// UnmarshalJSON reads what MarshalJSON writes.
func (l *Limit) UnmarshalJSON(data []byte) (err error) {
	*l, err = limitFromJSON(data, ParseLimit)
	return err
}

// MarshalJSON writes a limit as its text, and null for one that was not written.
func (l CostLimit) MarshalJSON() ([]byte, error) { return limitJSON(l.Set, l) }

// UnmarshalJSON reads what MarshalJSON writes.
func (l *CostLimit) UnmarshalJSON(data []byte) (err error) {
	*l, err = limitFromJSON(data, ParseCostLimit)
	return err
}

func limitJSON(set bool, limit fmt.Stringer) ([]byte, error) {
	if !set {
		return []byte("null"), nil
	}
	return json.Marshal(limit.String())
}

func limitFromJSON[T any](data []byte, parse func(string) (T, error)) (limit T, err error) {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return limit, err
	}
	return parse(*text)
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
	l, err := ParseLimit(s)
	if err != nil || !l.Percent && !plain(n.Node) {
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
	l, err := ParseCostLimit(s)
	isPercent := strings.HasSuffix(s, "%")
	switch {
	case err == nil && (isPercent && percents || !isPercent && plain(n.Node)):
		l.Pos = n.pos()
		return l
	case percents:
		r.problemf(n, "write an amount, such as 50, or a percentage, such as 20%", "%s must be an amount a month or a percentage, not %s", what, quote(s))
	default:
		r.problemf(n, "write an amount, such as 500 or 499.50, without a currency", "%s must be an amount a month, not %s", what, quote(s))
	}
	return CostLimit{}
}
