package bucket_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// at is a bucket of a server that answers so.
func at(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return "s3://fleet?endpoint=" + server.URL
}

// keys sets variables, and no others of those by which credentials are found.
func keys(t *testing.T, variables map[string]string) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE",
		"AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ENDPOINT_URL_STS"} {
		t.Setenv(name, variables[name])
	}
}

var static = map[string]string{"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "swordfish"}

// Of whatever the store refuses, the error says what to do about it, without a secret,
// and it is asked once.
func TestRefusals(t *testing.T) {
	for code, hint := range map[string]string{
		"AccessDenied": "s3:PutObject", "NoSuchBucket": "make the bucket", "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY",
		"RequestTimeTooSkewed": "the clock of this host", "NotImplemented": "If-None-Match", "SlowDown": "", "InternalError": "",
	} {
		t.Run(code, func(t *testing.T) {
			keys(t, static)
			requests := 0
			b := open(t, at(t, func(w http.ResponseWriter, _ *http.Request) {
				requests++
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
			}))
			_, err := b.Replace(ctx, "x", []byte("{}"), "")
			var told interface {
				Hint() string
				Final() bool
			}
			known := errors.As(err, &told)
			if err == nil || known != (hint != "") || known && (!strings.Contains(told.Hint(), hint) || !told.Final()) || strings.Contains(err.Error(), "swordfish") {
				t.Errorf("%s gave %v", code, err)
			}
			if requests != 1 {
				t.Errorf("%d requests", requests)
			}
		})
	}
}

// The time is the store's own, whatever this host's clock says.
func TestTimeIsTheStores(t *testing.T) {
	keys(t, static)
	const date = "Wed, 04 Mar 2026 05:06:07 GMT"
	b := open(t, at(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", date)
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	read, err := b.Read(ctx, "x")
	written, failed := b.Replace(ctx, "x", nil, "")
	if err != nil || failed != nil || read.Now.Format(http.TimeFormat) != date || !written.Now.Equal(read.Now) {
		t.Errorf("the times are %s and %s, %v, %v", read.Now, written.Now, err, failed)
	}
}

// Without the store's clock nobody can tell when a lease ends.
func TestAnswersWithoutADate(t *testing.T) {
	keys(t, static)
	b := open(t, at(t, func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = nil }))
	if _, err := b.Replace(ctx, "x", nil, ""); err == nil || !strings.Contains(err.Error(), "have no Date") {
		t.Errorf("writing gave %v", err)
	}
}

// Credentials are found where AWS's tools find them.
func TestCredentials(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	profiles := write("profiles", "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s\n[ci]\naws_access_key_id = CI\naws_secret_access_key = s\n[role]\nrole_arn = arn:aws:iam::1:role/x\n")
	token := write("token", "a.web.identity")
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("WebIdentityToken") != "a.web.identity" || r.FormValue("RoleArn") != "arn:aws:iam::1:role/fleet" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ROLE</AccessKeyId>
			<SecretAccessKey>s</SecretAccessKey><SessionToken>st</SessionToken><Expiration>%s</Expiration></Credentials>
			</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer sts.Close()
	web := map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/fleet", "AWS_ENDPOINT_URL_STS": sts.URL}
	for name, test := range map[string]struct {
		variables map[string]string
		key       string // "": none are found
	}{
		"keys":                     {static, "AKID"},
		"the default profile":      {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": profiles}, "DEFAULT"},
		"a profile by its name":    {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": profiles, "AWS_PROFILE": "ci"}, "CI"},
		"a profile without keys":   {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": profiles, "AWS_PROFILE": "role"}, ""},
		"a profile that is absent": {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": profiles, "AWS_PROFILE": "no"}, ""},
		"a web identity":           {web, "ROLE"},
		"a key without its secret": {map[string]string{"AWS_ACCESS_KEY_ID": "AKID"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			keys(t, test.variables)
			used := ""
			b := open(t, at(t, func(w http.ResponseWriter, r *http.Request) {
				_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
				used, _, _ = strings.Cut(after, "/")
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
			}))
			_, err := b.Read(ctx, "x")
			if used != test.key || (err == nil) != (test.key != "") {
				t.Errorf("used %q, %v", used, err)
			}
			if err != nil && !strings.Contains(err.Error(), "there are no credentials") {
				t.Error(err)
			}
		})
	}
}

func TestLostAnswers(t *testing.T) {
	server := servertest.NewBucket(t)
	var prefixes atomic.Int32
	statetest.LostAnswers(t, func(t *testing.T) (func() *state.Shared, func(after, n int)) {
		proxy := servertest.NewProxy(t, server.Addr)
		place := prepared(t, servertest.BucketURL(proxy.Addr, fmt.Sprint(prefixes.Add(1))))
		return func() *state.Shared { return state.InBackend(open(t, place)) }, proxy.Lose
	})
}

// A bucket that may only be read cannot be prepared.
func TestReadOnlyBucket(t *testing.T) {
	place := servertest.NewBucket(t, servertest.ReadOnly).URL("")
	var told interface{ Hint() string }
	if err := state.InBackend(open(t, place)).Init(ctx); !errors.As(err, &told) || !strings.Contains(told.Hint(), "s3:PutObject") {
		t.Errorf("preparing it gave %v", err)
	}
}
