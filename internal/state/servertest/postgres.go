package servertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// User and Password are those of the server's only user.
const (
	User     = "fleet"
	Password = "correct-horse"
)

// Postgres is a server of PostgreSQL.
type Postgres struct {
	Port int

	t         testing.TB
	dir       string
	settings  []string
	process   *process
	databases atomic.Int32
}

// NewPostgres starts a server with settings such as max_connections=5.
func NewPostgres(t testing.TB, settings ...string) *Postgres {
	t.Helper()
	initdb := find(t, "initdb", "postgresql")
	dir := folder(t)
	file := filepath.Join(dir, "password")
	if err := os.WriteFile(file, []byte(Password), 0o644); err != nil {
		t.Fatal(err)
	}
	args := asServant(initdb, "-D", filepath.Join(dir, "data"), "-U", User, "-A", "scram-sha-256", "--pwfile", file, "-E", "UTF8", "--no-sync", "--no-instructions")
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p := &Postgres{Port: freePort(t), t: t, dir: dir, settings: settings}
	p.Start()
	return p
}

// Start starts the server that was stopped.
func (p *Postgres) Start() {
	p.t.Helper()
	args := asServant(find(p.t, "postgres", "postgresql"), "-D", filepath.Join(p.dir, "data"), "-p", fmt.Sprint(p.Port), "-k", p.dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "lc_messages=C")
	for _, s := range p.settings {
		args = append(args, "-c", s)
	}
	p.process = start(p.t, "QUIT", "ready to accept connections", nil, args...)
}

// Stop stops the server at once, as a crash does.
func (p *Postgres) Stop() { p.process.stop() }

// URL is that of a database.
func (p *Postgres) URL(database string) string { return p.url(p.Port, database) }

func (p *Postgres) url(port int, database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", User, Password, port, database)
}

// NewDatabase makes a database and returns its name.
func (p *Postgres) NewDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprint("fleet", p.databases.Add(1))
	p.Exec(t, "postgres", "create database "+name)
	return name
}

// Exec sends statements to a database, as its owner.
func (p *Postgres) Exec(t testing.TB, database, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

// PgBouncer starts a pooler before the server, which gives each transaction any of
// two sessions, and returns the URL of a database behind it.
func (p *Postgres) PgBouncer(t testing.TB) (url func(database string) string) {
	t.Helper()
	program := find(t, "pgbouncer", "pgbouncer")
	dir, port := folder(t), freePort(t)
	users := filepath.Join(dir, "users")
	lines := []string{"[databases]", fmt.Sprintf("* = host=127.0.0.1 port=%d", p.Port), "[pgbouncer]", "listen_addr = 127.0.0.1",
		fmt.Sprint("listen_port = ", port), "unix_socket_dir =", "auth_type = scram-sha-256", "auth_file = " + users,
		"pool_mode = transaction", "default_pool_size = 2", "server_round_robin = 1"}
	config := filepath.Join(dir, "pgbouncer.ini")
	for file, text := range map[string]string{config: strings.Join(lines, "\n") + "\n", users: fmt.Sprintf("%q %q\n", User, Password)} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	start(t, "INT", "process up", nil, asServant(program, config)...)
	return func(database string) string { return p.url(port, database) }
}
