package fleet

import (
	"fmt"
	"strings"
)

// ValidHostname reports whether a text can be a hostname in a fleet file.
func ValidHostname(s string) bool {
	message, _ := badHostname(s)
	return message == ""
}

// badHostname says what keeps a text from being a host name, and what to write
// instead where that is plain. It says "" of a host name, and of the empty text,
// which clears the field.
func badHostname(s string) (message, hint string) {
	if s == "" {
		return "", ""
	}
	if len(s) > 253 {
		return fmt.Sprintf("is %d characters long; at most 253 are allowed", len(s)), ""
	}
	if alone, dot := strings.CutSuffix(s, "."); dot && badLabels(alone) == "" {
		return "ends in a dot", "drop the last dot: " + alone
	}
	switch alone := withoutAddress(s); {
	case alone == s:
		return badLabels(s), ""
	case badLabels(alone) == "":
		return "is more than a host name", "write the host name alone: " + alone
	}
	return badLabels(s), "write the host name alone, such as web-01.example.com"
}

// withoutAddress cuts what surrounds the host name in a URL or an e-mail address:
// scheme, user, port and path.
func withoutAddress(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	if host, port, ok := strings.Cut(s, ":"); ok && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	return s
}

func badLabels(s string) string {
	for label := range strings.SplitSeq(s, ".") {
		switch {
		case label == "":
			return "has an empty label"
		case len(label) > 63:
			return fmt.Sprintf("has a label of %d characters; at most 63 are allowed", len(label))
		case label[0] == '-' || label[len(label)-1] == '-':
			return "has a label that starts or ends with a hyphen"
		}
		if odd := strings.IndexFunc(label, func(c rune) bool { return !nameRune(c) }); odd >= 0 {
			return "contains " + describe([]rune(label[odd:])[0])
		}
	}
	return ""
}
