package fleet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Money is an amount in the account's currency, which the API does not name. It is
// counted in millionths, so that sums are exact.
type Money int64

const million = 1_000_000

var moneyPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})(\.[0-9]+)?$`)

// ParseMoney reads an amount such as 500, 49.90 or 0.007, of up to twelve digits
// before the point. A seventh after it is rounded.
func ParseMoney(s string) (Money, error) {
	if !moneyPattern.MatchString(s) {
		return 0, fmt.Errorf("%.40q is not an amount such as 500 or 49.90", s)
	}
	units, decimals, _ := strings.Cut(s, ".")
	decimals = (decimals + "0000000")[:7]
	n, err := strconv.ParseInt(units+decimals[:6], 10, 64)
	if decimals[6] >= '5' {
		n++
	}
	return Money(n), err
}

// String writes the amount with two decimals, or as many as it has.
func (m Money) String() string {
	s := strings.TrimRight(fmt.Sprintf("%d.%06d", m.Abs()/million, m.Abs()%million), "0")
	for len(s)-strings.IndexByte(s, '.') < len(".00") {
		s += "0"
	}
	if m < 0 {
		s = "-" + s
	}
	return s
}

// Signed is String with a plus sign before an amount above zero.
func (m Money) Signed() string {
	if m > 0 {
		return "+" + m.String()
	}
	return m.String()
}

// Abs is the amount without its sign.
func (m Money) Abs() Money { return max(m, -m) }

// MarshalJSON writes a number.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Money) UnmarshalJSON(data []byte) error {
	digits, negative := strings.CutPrefix(string(data), "-")
	amount, err := ParseMoney(digits)
	if negative {
		amount = -amount
	}
	*m = amount
	return err
}
