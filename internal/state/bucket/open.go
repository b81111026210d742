package bucket

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// amazon is the store where no other is named.
const amazon = "https://s3.amazonaws.com"

// options are what a URL asks for.
type options struct {
	bucket, prefix string
	endpoint       *url.URL
	region         string // "": the store is asked
	lookup         minio.BucketLookupType
}

// Open returns the bucket of a URL such as s3://bucket/prefix, with the parameters
// endpoint, region and path_style. What the URL leaves out is taken from the
// variables that AWS's tools read. It sends nothing yet.
func Open(u *url.URL) (*Store, error) {
	o, err := parse(u)
	if err != nil {
		return nil, err
	}
	core, err := minio.NewCore(o.endpoint.Host, &minio.Options{
		Creds: fromEnvironment(), Secure: o.endpoint.Scheme == "https", Region: o.region, BucketLookup: o.lookup,
		Transport:  watch{http.DefaultTransport},
		MaxRetries: 1, // attempts, that is
	})
	if err != nil {
		return nil, &URLError{err.Error()}
	}
	place := "s3://" + strings.TrimSuffix(o.bucket+"/"+o.prefix, "/")
	if o.endpoint.String() != amazon {
		place += " at " + o.endpoint.Host
	}
	return &Store{client: core, bucket: o.bucket, prefix: o.prefix, place: place}, nil
}

// parse reads a URL.
func parse(u *url.URL) (o options, err error) {
	switch {
	case u.User != nil:
		return o, &URLError{"keys do not belong in it: they are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"}
	case u.Host == "":
		return o, &URLError{"it has no bucket, as in s3://bucket/prefix"}
	}
	if err := s3utils.CheckValidBucketName(u.Host); err != nil {
		return o, &URLError{err.Error()}
	}
	o.bucket, o.prefix = u.Host, strings.Trim(u.Path, "/")
	if o.prefix != "" {
		o.prefix += "/"
	}
	o.region = cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	endpoint := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), amazon)
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return o, &URLError{"its parameters are not encoded as in a URL"}
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) { // so that of two mistakes the same is told each time
		values := parameters[name]
		value := values[len(values)-1]
		switch name {
		case "endpoint":
			endpoint = value
		case "region":
			o.region = value
		case "path_style":
			path, err := strconv.ParseBool(value)
			if err != nil {
				return o, &URLError{"path_style is true or false"}
			}
			o.lookup = minio.BucketLookupDNS
			if path {
				o.lookup = minio.BucketLookupPath
			}
		default:
			return o, &URLError{fmt.Sprintf("a bucket has no parameter %q; those it has are endpoint, region and path_style", name)}
		}
	}
	o.endpoint, err = url.Parse(endpoint)
	if err != nil || o.endpoint.Scheme != "https" && o.endpoint.Scheme != "http" || o.endpoint.Host == "" || o.endpoint.User != nil || strings.Trim(o.endpoint.Path, "/") != "" {
		return o, &URLError{"its endpoint is to be like https://s3.example.com:9000"}
	}
	if o.region == "" && endpoint != amazon {
		o.region = "us-east-1" // what most others call theirs
	}
	return o, nil
}

// URLError is why a URL names no bucket.
type URLError struct{ reason string }

func (e *URLError) Error() string { return "it names no bucket: " + e.reason }
