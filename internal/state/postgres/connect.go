package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connections is how many one process has at most: one to write, one to read beside.
const connections = 2

// Open returns the database of a URL, as libpq reads it and the variables and files
// that go with it: sslmode, PGPASSFILE and so on. It does not connect yet.
func Open(url string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("it names no database of PostgreSQL: %w", err) // pgx leaves the password out
	}
	cfg.MaxConns, cfg.MinConns = connections, 0
	conn := cfg.ConnConfig
	conn.DefaultQueryExecMode = pgx.QueryExecModeExec // prepares nothing
	conn.StatementCacheCapacity, conn.DescriptionCacheCapacity = 0, 0
	if conn.RuntimeParams["application_name"] == "" {
		conn.RuntimeParams["application_name"] = "fleet"
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	place := fmt.Sprintf("postgres://%s:%d/%s", conn.Host, conn.Port, conn.Database)
	if strings.HasPrefix(conn.Host, "/") { // a socket's folder
		place = fmt.Sprintf("the database %s at %s", conn.Database, conn.Host)
	}
	return &Store{pool: pool, place: place}, nil
}
