package fleet

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Money is an amount in the account's currency, which the API does not name. It is
// counted in millionths, so that sums are exact.
type Money int64

const million = 1_000_000

var moneyPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?$`)

// ParseMoney reads an amount such as 500, 49.90 or 0.007, of up to nine digits. A
// seventh decimal is rounded.
func ParseMoney(s string) (Money, error) {
	if !moneyPattern.MatchString(s) {
		return 0, fmt.Errorf("%.40q is not an amount such as 500 or 49.90", s)
	}
	f, err := strconv.ParseFloat(s, 64)
	return Money(math.Round(f * million)), err
}

// String writes the amount with two decimals, or as many as it has.
func (m Money) String() string {
	s := strings.TrimRight(fmt.Sprintf("%d.%06d", m.abs()/million, m.abs()%million), "0")
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

func (m Money) abs() Money { return max(m, -m) }

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
