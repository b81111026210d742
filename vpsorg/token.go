package vpsorg

import (
	"regexp"
	"strings"
)

const (
	tokenVariable = "VPS_API_TOKEN"
	maxToken      = 8 << 10 // more bytes than any token has
)

// parseToken trims the token, as a file's ends in a newline, and refuses one that
// could not stand in a header or is not what it should be. Its errors name the
// source and do not show the token.
func parseToken(raw, source string) (string, error) {
	token := strings.TrimSpace(raw)
	if token == "" {
		return "", &ConfigError{"there is no API token", "make one at Account → Developers and put it in " + source}
	}
	wrong := miswritten(token)
	switch {
	case wrong != "":
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		wrong = `begins with "Bearer"`
	case strings.Contains(token, "***") || strings.Contains(token, "••"):
		wrong = "is masked with *** or the like"
	case strings.HasPrefix(token, "$") || strings.HasPrefix(token, "<") || strings.Contains(token, "{{"):
		wrong = "is a variable or a placeholder, not its value"
	case len(token) > maxToken || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		wrong = "has spaces, line breaks or other characters that no token has"
	default:
		return token, nil
	}
	return "", &ConfigError{"the API token " + wrong, source + " must hold the token alone, on one line, as Account → Developers has shown it"}
}

// assignment is a line of a shell's or an env file's. A token may end in an equals
// sign itself.
var assignment = regexp.MustCompile(`^(export\s+)?[A-Za-z_][A-Za-z0-9_]*=[^=]|^(export\s+)?[A-Z_]+=$`)

// miswritten is how a value of the environment or a file was written down so that
// it cannot be used, as the end of a sentence; "": nothing is seen to be wrong.
func miswritten(value string) string {
	switch {
	case strings.HasPrefix(value, "\xff\xfe"), strings.HasPrefix(value, "\xfe\xff"), strings.Contains(value, "\x00"):
		return "is in UTF-16, not in plain text"
	case strings.HasPrefix(value, "\ufeff"):
		return "begins with a byte order mark (BOM)"
	case strings.ContainsAny(value[:1], "\"'`") || strings.HasPrefix(value, "“") || strings.HasPrefix(value, "‘"):
		return "is in quotes"
	case assignment.MatchString(value):
		return "begins with NAME="
	case strings.Contains(value, `\n`) || strings.Contains(value, `\r`):
		return `has a literal \n in it`
	}
	return ""
}
