package postgres_test

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

func TestSchema(t *testing.T) {
	server := servertest.NewPostgres(t)
	for name, test := range map[string]func(t *testing.T, server *servertest.Postgres, database string){
		"nothing is there":       unprepared,
		"many prepare at once":   preparedAtOnce,
		"it is newer":            newerSchema,
		"rights to use it alone": leastRights,
	} {
		t.Run(name, func(t *testing.T) { test(t, server, server.NewDatabase(t)) })
	}
}

func unprepared(t *testing.T, server *servertest.Postgres, database string) {
	s := state.InBackend(open(t, server.URL(database)))
	if _, err := s.Open(ctx, statetest.Ann); !errors.Is(err, state.ErrUnprepared) {
		t.Errorf("opening gave %v", err)
	}
	if _, err := s.Lock(ctx, statetest.Ann, apply.Holder{}); !errors.Is(err, state.ErrUnprepared) {
		t.Errorf("locking gave %v", err)
	}
}

func preparedAtOnce(t *testing.T, server *servertest.Postgres, database string) {
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			s := state.InBackend(open(t, server.URL(database)))
			for range 2 {
				if err := s.Init(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	server.Exec(t, database, "create unique index on fleet_schema (version)") // each step was taken once
	if _, err := state.InBackend(open(t, server.URL(database))).Open(ctx, statetest.Ann); err != nil {
		t.Error(err)
	}
}

func newerSchema(t *testing.T, server *servertest.Postgres, database string) {
	if err := state.InBackend(open(t, server.URL(database))).Init(ctx); err != nil {
		t.Fatal(err)
	}
	server.Exec(t, database, "insert into fleet_schema (version) values (1000)")
	s := state.InBackend(open(t, server.URL(database)))
	_, opened := s.Open(ctx, statetest.Ann)
	for _, err := range []error{opened, s.Init(ctx)} {
		if err == nil || !strings.Contains(err.Error(), "the tables have version 1000") {
			t.Errorf("a newer schema gave %v", err)
		}
	}
}

// The rights that the documentation lists are enough, and to change an object is one of
// those that are needed.
func leastRights(t *testing.T, server *servertest.Postgres, database string) {
	page, err := os.ReadFile("../../../docs/state.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sql, _ := strings.Cut(string(page), "```sql\n")
	sql, _, _ = strings.Cut(sql, "```")
	if err := open(t, server.URL(database)).Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	server.Exec(t, database, "create role ci login password '"+servertest.Password+"';"+sql+"revoke update on fleet_state from ci")
	url := strings.Replace(server.URL(database), servertest.User+":", "ci:", 1)
	var told interface{ Hint() string }
	if err := state.InBackend(open(t, url)).Init(ctx); !errors.As(err, &told) || !strings.Contains(told.Hint(), "grant this user") {
		t.Errorf("without the right to update: %v", err)
	}
	server.Exec(t, database, sql)
	s := state.InBackend(open(t, url))
	if err := s.Init(ctx); err != nil {
		t.Fatal(err)
	}
	l, err := s.Lock(ctx, statetest.Ann, apply.Holder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
