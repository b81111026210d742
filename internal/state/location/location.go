// Package location reads from a URL where the shared state is kept, and opens that. It
// knows which backends there are, and nothing of what they keep.
package location

import (
	"net/url"
	"strings"

	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/bucket"
	"github.com/vps-fleet/fleet/internal/state/postgres"
)

// Open returns the backend of a URL: s3://bucket/prefix or postgres://host/database. It
// sends nothing yet. No error shows a password.
func Open(text string) (state.Backend, error) {
	scheme, _, found := strings.Cut(text, "://")
	switch {
	case !found:
		return nil, &Error{"it is no URL"}
	case scheme == "postgres" || scheme == "postgresql":
		return opened(postgres.Open(text))
	case scheme != "s3":
		return nil, &Error{"there is no state at " + scheme + "://"}
	}
	u, err := url.Parse(text)
	if err != nil { // which would show the URL
		return nil, &Error{"it cannot be read as a URL"}
	}
	return opened(bucket.Open(u))
}

// opened keeps a nil pointer from being a backend.
func opened[B state.Backend](b B, err error) (state.Backend, error) {
	if err != nil {
		return nil, &Error{err.Error()}
	}
	return b, nil
}

// Error is why a URL names no state.
type Error struct{ reason string }

func (e *Error) Error() string { return "cannot use the URL of the state: " + e.reason }

// Hint says what to do about it.
func (*Error) Hint() string {
	return "give s3://bucket/prefix, or postgres://user@host/database with special characters encoded, as %40 for @; without --state and FLEET_STATE the state is kept in a folder of this host"
}

// secrets are the parameters of a URL that nobody may see.
var secrets = []string{"password", "sslpassword"}

// hidden stands for what nobody may see.
const hidden = "xxxxx"

// Redacted is a URL as it may be shown, without its passwords: of one that does not tell
// where a password begins and ends, the scheme.
func Redacted(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Fragment != "" || u.User == nil && strings.Contains(text, "@") {
		return schemeOf(text)
	}
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return schemeOf(text)
	}
	for _, name := range secrets {
		if parameters.Has(name) {
			parameters.Set(name, hidden)
			u.RawQuery = parameters.Encode()
		}
	}
	return u.Redacted()
}

func schemeOf(text string) string {
	scheme, _, _ := strings.Cut(text, "://")
	return scheme + "://" + hidden
}
