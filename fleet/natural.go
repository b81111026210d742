package fleet

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// CompareNames orders names as people do, numbers by their value: web-9 is
// before web-10. It is negative, zero or positive as cmp.Compare is, and zero
// only for equal names.
func CompareNames(a, b string) int {
	x, y := chunks.FindAllString(a, -1), chunks.FindAllString(b, -1)
	return cmp.Or(slices.CompareFunc(x, y, func(a, b string) int {
		if isDigit(a[0]) && isDigit(b[0]) {
			a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
			return cmp.Or(len(a)-len(b), strings.Compare(a, b))
		}
		return strings.Compare(a, b)
	}), strings.Compare(a, b))
}

// chunks are the numbers in a name, and what is between them.
var chunks = regexp.MustCompile(`[0-9]+|[^0-9]+`)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
