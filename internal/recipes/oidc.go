package recipes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// What a system vouches for a job with, and what it asks its runner for that with.
const (
	webIdentity  = "a.web.identity"
	runnerBearer = "runner"
)

// vouched is what is in the environment of a job that its system vouches for: where the
// job gets a token, as GitHub hands it out, where the token gets keys, as AWS's STS hands
// them out, and the state that the script has instead of the recipe's.
func vouched(ts *testscript.TestScript) map[string]string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet && r.Header.Get("Authorization") == "bearer "+runnerBearer && r.FormValue("audience") == "sts.amazonaws.com":
			fmt.Fprintf(w, `{"value": %q}`, webIdentity)
		case r.Method == http.MethodPost && r.FormValue("WebIdentityToken") == webIdentity && r.FormValue("RoleArn") != "":
			fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
				<Credentials><AccessKeyId>JOB</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
				<Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
				time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	ts.Defer(server.Close)
	return map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": server.URL + "/?job=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": runnerBearer,
		"AWS_ENDPOINT_URL_STS": server.URL, "FLEET_STATE": ts.Getenv("FLEET_STATE")}
}
