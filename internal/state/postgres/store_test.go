package postgres_test

import (
	"context"
	"testing"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/postgres"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

var ctx = context.Background()

// open opens a database as a new process does.
func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	b, err := postgres.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestMain(m *testing.M) { statetest.Main(m) }

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := servertest.NewPostgres(t, "max_connections=200")
	contract := func(url func(database string) string) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			statetest.Contract(t, statetest.AtOnce, func(t *testing.T) func() apply.Store {
				place := url(server.NewDatabase(t))
				if err := state.InBackend(open(t, place)).Init(ctx); err != nil {
					t.Fatal(err)
				}
				return func() apply.Store { return state.InBackend(open(t, place)) }
			})
		}
	}
	t.Run("directly", contract(server.URL))
	t.Run("behind PgBouncer", contract(server.PgBouncer(t)))
}
