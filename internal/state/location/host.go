package location

import (
	"cmp"
	"net/url"
	"os"
	"strings"
)

// Host is the host that a state is at; "" where none is named, as of Amazon's buckets.
func Host(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return ""
	case strings.HasPrefix(u.Scheme, "postgres"):
		return u.Hostname()
	case u.Scheme != "s3":
		return ""
	}
	endpoint, err := url.Parse(cmp.Or(u.Query().Get("endpoint"), os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL")))
	if err != nil {
		return ""
	}
	return endpoint.Hostname()
}
