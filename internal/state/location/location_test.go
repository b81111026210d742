package location_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/internal/state/location"
)

func TestOpen(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	for text, place := range map[string]string{
		"s3://states/fleet": "s3://states/fleet",
		"s3://states/fleet?endpoint=https://s3.example.com&region=eu": "s3://states/fleet at s3.example.com",
		"postgres://ci:swordfish@db.example.com/fleet":                "postgres://db.example.com:5432/fleet",
		"postgresql://db.example.com:6432/fleet?sslmode=verify-full":  "postgres://db.example.com:6432/fleet",
	} {
		b, err := location.Open(text)
		if err != nil || b.Place() != place {
			t.Errorf("%s is %v, %v", text, b, err)
		}
	}
}

func TestHost(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	for text, host := range map[string]string{
		"":                  "",
		"s3://states/fleet": "",
		"s3://states?endpoint=https://s3.example.com:9000":     "s3.example.com",
		"postgres://ci:swordfish@db.example.com:6432/fleet":    "db.example.com",
		"postgresql://[2001:db8::1]/fleet?sslmode=verify-full": "2001:db8::1",
		"redis://cache":       "",
		"s3://swordfish:port": "",
	} {
		if got := location.Host(text); got != host {
			t.Errorf("%s is at %q, want %q", text, got, host)
		}
	}
}

func TestWhatIsNoState(t *testing.T) {
	for text, says := range map[string]string{
		"":                                  "no URL",
		"/var/lib/fleet":                    "no URL",
		"redis://:swordfish@cache":          "no state at redis://",
		"s3://swordfish:port":               "cannot be read",
		"s3://bkt?lock=true":                `no parameter "lock"`,
		"postgres://ci:swordfish@db:x/f":    "PostgreSQL",
		"postgres://ci:sword%fish@db/f":     "PostgreSQL",
		"postgres://db/f?sslmode=swordfish": "PostgreSQL",
	} {
		_, err := location.Open(text)
		var told *location.Error
		if !errors.As(err, &told) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "swordfish") && !strings.Contains(text, "sslmode") {
			t.Errorf("%q gave %v", text, err)
		}
	}
}

func TestRedacted(t *testing.T) {
	for text, want := range map[string]string{
		"s3://states/fleet?region=eu":                       "s3://states/fleet?region=eu",
		"postgres://ci@db/fleet":                            "postgres://ci@db/fleet",
		"postgres://ci:swordfish@db/fleet?sslmode=require":  "postgres://ci:xxxxx@db/fleet?sslmode=require",
		"postgres://db/fleet?password=swordfish":            "postgres://db/fleet?password=xxxxx",
		"postgres://db/fleet?sslpassword=swordfish&user=ci": "postgres://db/fleet?sslpassword=xxxxx&user=ci",
		"postgres://ci:sword%fish@db/fleet":                 "postgres://xxxxx",
		"postgres://ci:sword/fish@db/fleet":                 "postgres://xxxxx",
		"postgres://ci:sword fish@db/fleet":                 "postgres://xxxxx",
		"postgres://db/fleet?password=sword;fish":           "postgres://xxxxx",
		"postgres://ci:12/swordfish@db/fleet":               "postgres://xxxxx",
		"postgres://ci:12?swordfish@db/fleet":               "postgres://xxxxx",
		"postgres://ci:12#swordfish":                        "postgres://xxxxx",
	} {
		if got := location.Redacted(text); got != want {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
}
