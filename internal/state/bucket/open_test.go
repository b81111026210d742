package bucket

import (
	"net/url"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
)

func TestURLs(t *testing.T) {
	for _, test := range []struct {
		url, bucket, prefix, endpoint, region string
		lookup                                minio.BucketLookupType
		env                                   [2]string
	}{
		{url: "s3://bkt", bucket: "bkt", endpoint: amazon},
		{url: "s3://bkt/", bucket: "bkt", endpoint: amazon},
		{url: "s3://bkt/a/c/?region=eu-west-1", bucket: "bkt", prefix: "a/c/", endpoint: amazon, region: "eu-west-1"},
		{url: "s3://bkt", bucket: "bkt", endpoint: amazon, region: "eu-west-2", env: [2]string{"AWS_REGION", "eu-west-2"}},
		{url: "s3://bkt?region=eu-west-1", bucket: "bkt", endpoint: amazon, region: "eu-west-1", env: [2]string{"AWS_DEFAULT_REGION", "eu-west-2"}},
		{url: "s3://bkt", bucket: "bkt", endpoint: "https://s3.example.com", region: "us-east-1", env: [2]string{"AWS_ENDPOINT_URL_S3", "https://s3.example.com"}},
		{url: "s3://bkt?endpoint=http://127.0.0.1:9000", bucket: "bkt", endpoint: "http://127.0.0.1:9000", region: "us-east-1", env: [2]string{"AWS_ENDPOINT_URL_S3", "https://s3.example.com"}},
		{url: "s3://bkt?path_style=true", bucket: "bkt", endpoint: amazon, lookup: minio.BucketLookupPath},
		{url: "s3://bkt?path_style=false", bucket: "bkt", endpoint: amazon, lookup: minio.BucketLookupDNS},
	} {
		t.Run(test.url+" "+test.env[1], func(t *testing.T) {
			for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", test.env[0]} {
				if name != "" {
					t.Setenv(name, "")
				}
			}
			if test.env[0] != "" {
				t.Setenv(test.env[0], test.env[1])
			}
			u, err := url.Parse(test.url)
			if err != nil {
				t.Fatal(err)
			}
			got, err := parse(u)
			if err != nil {
				t.Fatal(err)
			}
			if got.bucket != test.bucket || got.prefix != test.prefix || got.endpoint.String() != test.endpoint || got.region != test.region || got.lookup != test.lookup {
				t.Errorf("read %+v", got)
			}
		})
	}
}

func TestURLsThatNameNoBucket(t *testing.T) {
	for bad, says := range map[string]string{
		"s3://":                                 "no bucket",
		"s3://AKID:swordfish@bkt":               "keys do not belong in it",
		"s3://bkt?lock=dynamodb":                `no parameter "lock"`,
		"s3://bkt?path_style=perhaps":           "true or false",
		"s3://bkt?zone=1&path_style=perhaps":    "true or false", // the first by name of two
		"s3://bkt?endpoint=s3.example.com":      "endpoint is to be like",
		"s3://bkt?endpoint=https://k:s@e":       "endpoint is to be like",
		"s3://bkt?endpoint=https://e/b/c":       "endpoint is to be like",
		"s3://bkt?endpoint=ftp://e":             "endpoint is to be like",
		"s3://bkt?endpoint=https://swordfish%7": "not encoded",
	} {
		u, err := url.Parse(bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(u); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "swordfish") {
			t.Errorf("%s gave %v", bad, err)
		}
	}
}
