package postgres

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/vps-fleet/fleet/internal/state"
)

// Store is a database. It connects when it is first asked for something.
type Store struct {
	pool    *pgxpool.Pool
	place   string
	checked atomic.Bool // the version of the schema
}

// Place names the database.
func (s *Store) Place() string { return s.place }

// Close ends the connections.
func (s *Store) Close() { s.pool.Close() }

// row is what a statement answers of an object.
type row struct {
	data    []byte
	version *int64 // nil: there is none
	now     time.Time
}

// ask sends a statement that answers one row. It answers pgx.ErrNoRows where there
// is none.
func (s *Store) ask(ctx context.Context, sql string, args ...any) (r row, err error) {
	if err := s.ready(ctx); err != nil {
		return r, err
	}
	err = s.pool.QueryRow(ctx, sql, args...).Scan(&r.data, &r.version, &r.now)
	return r, explain(err)
}

func (r row) object() state.Object {
	o := state.Object{Data: r.data, Now: r.now}
	if r.version != nil {
		o.Version = strconv.FormatInt(*r.version, 10)
	}
	return o
}

// Read returns an object.
func (s *Store) Read(ctx context.Context, name string) (state.Object, error) {
	r, err := s.ask(ctx, `select data, version, clock_timestamp()
		from (select) nothing left join fleet_state on name = $1`, name)
	return r.object(), err
}

// Replace writes an object whose version is still the given one.
func (s *Store) Replace(ctx context.Context, name string, data []byte, version string) (state.Object, error) {
	const answer = ` returning null::bytea, version, clock_timestamp()`
	var r row
	var err error
	if version == "" {
		r, err = s.ask(ctx, `insert into fleet_state (name, version, data, written) values ($1, 1, $2, clock_timestamp())
			on conflict (name) do nothing`+answer, name, data)
	} else {
		old, failed := strconv.ParseInt(version, 10, 64)
		if failed != nil {
			return state.Object{}, failed
		}
		r, err = s.ask(ctx, `update fleet_state set version = version + 1, data = $2, written = clock_timestamp()
			where name = $1 and version = $3`+answer, name, data, old)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = state.ErrConflict
	}
	return r.object(), err
}

// Put writes an object, whatever was there.
func (s *Store) Put(ctx context.Context, name string, data []byte) error {
	return s.exec(ctx, `insert into fleet_state (name, version, data, written) values ($1, 1, $2, clock_timestamp())
		on conflict (name) do update set version = fleet_state.version + 1, data = excluded.data, written = excluded.written`, name, data)
}

// Drop removes an object.
func (s *Store) Drop(ctx context.Context, name string) error {
	return s.exec(ctx, `delete from fleet_state where name = $1`, name)
}

func (s *Store) exec(ctx context.Context, sql string, args ...any) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, sql, args...)
	return explain(err)
}

// List are the objects whose names begin so.
func (s *Store) List(ctx context.Context, prefix string) ([]state.Listed, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `select name, written from fleet_state where starts_with(name, $1) order by name`, prefix)
	if err != nil {
		return nil, explain(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[state.Listed])
	return list, explain(err)
}
