package bucket

import (
	"errors"
	"net/http"

	"github.com/minio/minio-go/v7"

	"github.com/vps-fleet/fleet/internal/state"
)

// missing reports whether an error says that there is no such object.
func missing(err error) bool { return err != nil && minio.ToErrorResponse(err).Code == minio.NoSuchKey }

// refused reports whether an error says that the condition of a write did not hold.
func refused(err error) bool {
	return err != nil && minio.ToErrorResponse(err).StatusCode == http.StatusPreconditionFailed
}

// hints say what to do about an error that stays until people do something about it,
// by the store's code.
var hints = map[string]string{
	"NoSuchBucket":                 "make the bucket first, or look at its name, the region and the endpoint",
	"AccessDenied":                 "give these credentials s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on what is under the prefix",
	"InvalidAccessKeyId":           "look at AWS_ACCESS_KEY_ID or the profile, and at the endpoint",
	"SignatureDoesNotMatch":        "look at AWS_SECRET_ACCESS_KEY or the profile",
	"InvalidToken":                 "look at AWS_SESSION_TOKEN: it belongs to the access key",
	"RequestTimeTooSkewed":         "set the clock of this host: the store takes requests whose time is about its own",
	"AuthorizationHeaderMalformed": "name the bucket's region, in AWS_REGION or as region= in the URL",
	"PermanentRedirect":            "name the bucket's region, in AWS_REGION or as region= in the URL",
	"NotImplemented":               "use a store that knows writes with If-None-Match and If-Match, or PostgreSQL",
}

// explain says of an error of the store what it means for fleet.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var told minio.ErrorResponse
	if !errors.As(err, &told) {
		return err
	}
	hint, stays := hints[told.Code]
	if !stays {
		return err
	}
	return &state.BackendError{Err: err, Stays: true, Advice: hint}
}
