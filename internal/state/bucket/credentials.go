package bucket

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/vps-fleet/fleet/internal/state"
)

// metadataPatience is how long a host's metadata service may take to answer. Most
// hosts have none.
const metadataPatience = 2 * time.Second

// fromEnvironment are the credentials that AWS's tools would take: keys in variables,
// the token of a web identity, a profile's, or those that the host gives.
func fromEnvironment() *credentials.Credentials {
	var p credentials.Provider
	switch {
	case os.Getenv("AWS_ACCESS_KEY_ID") != "":
		p = &credentials.EnvAWS{}
	case os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != "":
		p = &credentials.IAM{Endpoint: os.Getenv("AWS_ENDPOINT_URL_STS")}
	case hasProfile():
		p = &credentials.FileAWSCredentials{}
	default:
		p = &credentials.IAM{Client: &http.Client{Timeout: metadataPatience}}
	}
	return credentials.New(known{p})
}

// hasProfile reports whether a profile is named, or there is a file of them.
func hasProfile() bool {
	if os.Getenv("AWS_PROFILE") != "" {
		return true
	}
	home, _ := os.UserHomeDir() // without one there are no files in it
	for name, variable := range map[string]string{"credentials": "AWS_SHARED_CREDENTIALS_FILE", "config": "AWS_CONFIG_FILE"} {
		file := os.Getenv(variable)
		if file == "" && home != "" {
			file = filepath.Join(home, ".aws", name)
		}
		if _, err := os.Stat(file); file != "" && err == nil {
			return true
		}
	}
	return false
}

// known is a provider that gives credentials or says why not, so that no request is
// sent without any.
type known struct{ credentials.Provider }

func (k known) RetrieveWithCredContext(c *credentials.CredContext) (credentials.Value, error) {
	v, err := k.Provider.RetrieveWithCredContext(c)
	if err == nil && (v.AccessKeyID == "" || v.SecretAccessKey == "") {
		err = errors.New("none are set")
	}
	if err != nil {
		err = &state.BackendError{Err: fmt.Errorf("there are no credentials: %w", err), Stays: true, Advice: noCredentials}
	}
	return v, err
}

const noCredentials = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with keys in AWS_PROFILE, or let CI give a token in AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN"
