package postgres_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// through is a place as it is reached through a proxy.
func through(t *testing.T, server *servertest.Postgres, place string) (*servertest.Proxy, string) {
	t.Helper()
	proxy := servertest.NewProxy(t, fmt.Sprint("127.0.0.1:", server.Port))
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = proxy.Addr
	return proxy, u.String()
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	server := servertest.NewPostgres(t)
	statetest.LostAnswers(t, func(t *testing.T) (func() *state.Shared, func(after, n int)) {
		proxy, place := through(t, server, prepared(t, server))
		return func() *state.Shared { return state.InBackend(open(t, place)) }, proxy.Lose
	})
}

// The answer to one write is lost. The write took effect, so there is no second.
func TestLostAnswerToAWrite(t *testing.T) {
	server := servertest.NewPostgres(t)
	proxy, place := through(t, server, prepared(t, server))
	b := open(t, place)
	s := lock(t, place)
	version := versionOf(t, b)
	proxy.Lose(0, 1)
	if err := s.Begin(ctx, intent("a")); err != nil {
		t.Error(err)
	}
	if now := versionOf(t, b); now != version+1 {
		t.Errorf("version %d became %d: the write was made again", version, now)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// versionOf is how often Ann's document was written.
func versionOf(t *testing.T, b state.Backend) (n int) {
	t.Helper()
	list, err := b.List(ctx, "api")
	if err != nil || len(list) != 1 {
		t.Fatalf("the store has %v, %v", list, err)
	}
	o, err := b.Read(ctx, list[0].Name)
	if _, scanned := fmt.Sscan(o.Version, &n); err != nil || scanned != nil {
		t.Fatal(o.Version, err, scanned)
	}
	return n
}

// Answers that come late cost time and nothing else.
func TestLateAnswers(t *testing.T) {
	server := servertest.NewPostgres(t)
	proxy, place := through(t, server, prepared(t, server))
	proxy.Delay(200 * time.Millisecond)
	s := lock(t, place)
	if err := s.Begin(ctx, intent("a")); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := lock(t, place).Close(); err != nil {
		t.Error(err)
	}
}
