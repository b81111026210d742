package servertest

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// What a bucket's server does that not each does.
const (
	Heedless  = "heedless"  // it takes the conditions of writes and ignores them
	Versioned = "versioned" // it keeps the versions of an object
	Encrypted = "encrypted" // its ETags are no checksums of the contents
	Twice     = "twice"     // each write comes twice, as a proxy may send it, and the second is answered
	ReadOnly  = "read-only" // it refuses to write
)

const (
	bucketName     = "fleet"
	bucketVariable = "FLEET_TEST_BUCKET" // what a process that is to be a server does, after the address
)

// Bucket is a server of S3 in a process of its own, with one bucket.
type Bucket struct{ Addr string }

// NewBucket starts a server, and sets the variables by which it is used. The test's
// program has to call ServeBucket in TestMain.
func NewBucket(t testing.TB, ways ...string) *Bucket {
	t.Helper()
	addr := fmt.Sprint("127.0.0.1:", freePort(t))
	start(t, "TERM", "listening", []string{bucketVariable + "=" + strings.Join(append([]string{addr}, ways...), " ")}, os.Args[0])
	t.Setenv("AWS_ACCESS_KEY_ID", User)
	t.Setenv("AWS_SECRET_ACCESS_KEY", Password)
	return &Bucket{addr}
}

// URL is that of a prefix of the bucket.
func (b *Bucket) URL(prefix string) string { return BucketURL(b.Addr, prefix) }

// BucketURL is that of a prefix of the bucket, as it is reached at an address.
func BucketURL(addr, prefix string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=http://%s", bucketName, prefix, addr)
}

// ServeBucket is a server of S3 where this process is to be one, and does nothing
// where it is not.
func ServeBucket() {
	args := strings.Fields(os.Getenv(bucketVariable))
	if len(args) == 0 {
		return
	}
	backend := s3mem.New()
	if err := backend.CreateBucket(bucketName); err != nil {
		log.Fatal(err)
	}
	h := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	for _, way := range args[1:] {
		switch way {
		case Versioned:
			if err := backend.SetVersioningConfiguration(bucketName, gofakes3.VersioningConfiguration{Status: gofakes3.VersioningEnabled}); err != nil {
				log.Fatal(err)
			}
		case Heedless:
			h = heedless(h)
		case Encrypted:
			h = encrypted(h)
		case Twice:
			h = twice(h)
		case ReadOnly:
			h = readOnly(h)
		}
	}
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(os.Stderr, "listening")
	log.Fatal(http.Serve(l, h))
}
