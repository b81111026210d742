package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/bucket"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

var ctx = context.Background()

func TestMain(m *testing.M) {
	servertest.ServeBucket()
	statetest.Main(m)
}

// open opens a bucket as a new process does.
func open(t testing.TB, place string) *bucket.Store {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	b, err := bucket.Open(u)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// prepared is a place that fleet can use.
func prepared(t *testing.T, place string) string {
	t.Helper()
	if err := state.InBackend(open(t, place)).Init(ctx); err != nil {
		t.Fatal(err)
	}
	return place
}

func TestBucket(t *testing.T) {
	for _, ways := range [][]string{nil, {servertest.Versioned, servertest.Encrypted, servertest.Twice}} {
		t.Run(strings.Join(append([]string{"as it comes"}, ways...), ", "), func(t *testing.T) {
			server := servertest.NewBucket(t, ways...)
			var prefixes atomic.Int32
			statetest.Contract(t, statetest.AtOnce, func(t *testing.T) func() apply.Store {
				place := prepared(t, server.URL(fmt.Sprint("team/", prefixes.Add(1))))
				return func() apply.Store { return state.InBackend(open(t, place)) }
			})
		})
	}
}

func TestBucketThatKeepsNobodyApart(t *testing.T) {
	place := servertest.NewBucket(t, servertest.Heedless).URL("")
	if err := state.InBackend(open(t, place)).Init(ctx); !errors.Is(err, state.ErrNotKept) {
		t.Errorf("preparing it gave %v", err)
	}
	if _, err := state.InBackend(open(t, place)).Open(ctx, statetest.Ann); !errors.Is(err, state.ErrUnprepared) {
		t.Errorf("opening it gave %v", err)
	}
}
