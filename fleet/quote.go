package fleet

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)
	plainKey  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*(\[[A-Za-z0-9:]+\][A-Za-z0-9-]*)*$`)
)

// QuoteText writes a text as a scalar of YAML, in quotes where it could pass for
// something else.
func QuoteText(s string) string {
	if plainText.MatchString(s) && !isWord(s) {
		return s
	}
	return strconv.Quote(s)
}

// isWord reports what means more than text to some reader of YAML, or to fleet.
func isWord(s string) bool {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n", unmanaged:
		return true
	}
	return false
}

// QuoteID writes an id as a scalar of YAML. Text that is no UUID is in quotes, so
// that it cannot pass for a name.
func QuoteID(s string) string {
	if numberPattern.MatchString(s) || uuidPattern.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

// quoteKey writes the key of an entry. In a flow mapping a bracket ends a text that
// is not in quotes.
func quoteKey(key string, flow bool) string {
	if plainKey.MatchString(key) && !isWord(key) && (!flow || ValidName(key)) {
		return key
	}
	return strconv.Quote(key)
}
