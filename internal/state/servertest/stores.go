package servertest

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// Store is a store that hosts share: each URL is that of an empty state.
type Store struct {
	URL        func(t *testing.T) string
	Gone, Back func() // the store stops answering, and answers again with all that it had
}

// InEach runs a test with each kind of store. The test's program has to call ServeBucket
// in TestMain.
func InEach(t *testing.T, test func(*testing.T, Store)) {
	t.Run("in a bucket", func(t *testing.T) {
		bucket := NewBucket(t)
		proxy := NewProxy(t, bucket.Addr)
		var states atomic.Int32
		test(t, Store{
			URL:  func(*testing.T) string { return BucketURL(proxy.Addr, fmt.Sprint("state", states.Add(1))) },
			Gone: func() { proxy.Lose(0, 1<<30) },
			Back: func() { proxy.Lose(0, 0) },
		})
	})
	t.Run("in PostgreSQL", func(t *testing.T) {
		server := NewPostgres(t)
		test(t, Store{
			URL:  func(t *testing.T) string { return server.URL(server.NewDatabase(t)) },
			Gone: server.Stop,
			Back: server.Start,
		})
	})
}
