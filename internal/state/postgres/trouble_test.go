package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/postgres"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// prepared is a database that fleet can use.
func prepared(t *testing.T, server *servertest.Postgres) string {
	t.Helper()
	place := server.URL(server.NewDatabase(t))
	if err := state.InBackend(open(t, place)).Init(ctx); err != nil {
		t.Fatal(err)
	}
	return place
}

func lock(t *testing.T, place string) apply.LockedState {
	t.Helper()
	s, err := state.InBackend(open(t, place)).Lock(ctx, statetest.Ann, apply.Holder{PID: 1, Host: "here"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func intent(name string) apply.Intent {
	return apply.Intent{Endpoint: statetest.Ann.Endpoint, Account: statetest.Ann.Account, Name: name, At: time.Now()}
}

// A server that crashes and comes back while an apply has the lease costs a wait.
func TestServerIsRestarted(t *testing.T) {
	server := servertest.NewPostgres(t)
	place := prepared(t, server)
	s := lock(t, place)
	if err := s.Begin(ctx, intent("a")); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	began := make(chan error)
	go func() { began <- s.Begin(ctx, intent("b")) }()
	server.Start()
	if err := <-began; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	open, err := state.InBackend(open(t, place)).Intents(ctx)
	if err != nil || len(open) != 2 {
		t.Errorf("open are %v, %v", open, err)
	}
}

// Where no connection is left, the error says so, and one that is free again is used.
func TestNoConnectionsAreLeft(t *testing.T) {
	server := servertest.NewPostgres(t, "max_connections=4", "superuser_reserved_connections=1")
	place := prepared(t, server)
	var taken []*pgx.Conn
	for {
		conn, err := pgx.Connect(ctx, place)
		if err != nil {
			break
		}
		taken = append(taken, conn)
	}
	b := open(t, place)
	_, err := b.Read(ctx, "x")
	var told interface{ Hint() string }
	if !errors.As(err, &told) || !strings.Contains(told.Hint(), "no connections") {
		t.Errorf("without connections: %v", err)
	}
	for _, conn := range taken {
		conn.Close(ctx)
	}
	if err := lock(t, place).Close(); err != nil {
		t.Error(err)
	}
}

func TestReadOnly(t *testing.T) {
	server := servertest.NewPostgres(t)
	database := server.NewDatabase(t)
	if err := state.InBackend(open(t, server.URL(database))).Init(ctx); err != nil {
		t.Fatal(err)
	}
	server.Exec(t, database, "alter database "+database+" set default_transaction_read_only = on")
	b := open(t, server.URL(database))
	if _, err := state.InBackend(b).Open(ctx, statetest.Ann); err != nil {
		t.Errorf("reading gave %v", err)
	}
	_, err := b.Replace(ctx, "x", nil, "")
	var told interface{ Hint() string }
	if !errors.As(err, &told) || !strings.Contains(told.Hint(), "replica") {
		t.Errorf("writing gave %v", err)
	}
}

// A password comes from the URL or a file, and is in no error.
func TestPasswords(t *testing.T) {
	server := servertest.NewPostgres(t)
	place := prepared(t, server)
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(servertest.User)
	file := filepath.Join(t.TempDir(), "pgpass")
	if err := os.WriteFile(file, fmt.Appendf(nil, "127.0.0.1:%d:*:%s:%s\n", server.Port, servertest.User, servertest.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGPASSFILE", file)
	if _, err := state.InBackend(open(t, u.String())).Open(ctx, statetest.Ann); err != nil {
		t.Errorf("with PGPASSFILE: %v", err)
	}
	const secret = "swordfish"
	for _, bad := range []string{
		strings.Replace(place, servertest.Password, secret, 1),
		strings.Replace(place, servertest.Password, secret+"%zz", 1),
		fmt.Sprintf("postgres://fleet:%s@127.0.0.1:%d/none", secret, server.Port),
		"postgres://fleet:" + secret + "@127.0.0.1:1/fleet?connect_timeout=1",
		"postgres://fleet:" + secret + "@127.0.0.1:port/fleet",
		"postgres://fleet:" + secret + "@127.0.0.1/fleet?sslmode=" + "maybe",
		strings.Replace(place, servertest.Password, secret, 1) + "&sslmode=verify-full",
	} {
		err := readFrom(bad)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("the error is: %v", err)
		}
	}
}

func readFrom(place string) error {
	b, err := postgres.Open(place)
	if err != nil {
		return err
	}
	defer b.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err = b.Read(ctx, "x")
	return err
}
