package postgres

import (
	"context"
	_ "embed" // the steps
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/vps-fleet/fleet/internal/state"
)

//go:embed schema/001.sql
var first string

// steps are from one version of the schema to the next.
var steps = []string{first}

// Prepare makes the tables, or brings those of an earlier version up to date. Where
// they are up to date, it needs no right to make any.
func (s *Store) Prepare(ctx context.Context) error {
	have, err := s.version(ctx) // 0 where there are no tables
	if err != nil && !errors.Is(err, state.ErrUnprepared) {
		return err
	}
	if have == len(steps) {
		return nil
	}
	return explain(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return migrate(ctx, tx) }))
}

// migrate takes the steps that were not taken yet. Of several that prepare at once,
// one takes them.
func migrate(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{"create table if not exists fleet_schema (version integer not null)", "lock table fleet_schema in exclusive mode"} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	var have int
	if err := tx.QueryRow(ctx, "select coalesce(max(version), 0) from fleet_schema").Scan(&have); err != nil {
		return err
	}
	for n := have; n < len(steps); n++ {
		if _, err := tx.Exec(ctx, steps[n]); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into fleet_schema (version) values ($1)", n+1); err != nil {
			return err
		}
	}
	return nil
}

// version is that of the database's schema, which must not be newer than ours.
func (s *Store) version(ctx context.Context) (have int, err error) {
	err = s.pool.QueryRow(ctx, "select coalesce(max(version), 0) from fleet_schema").Scan(&have)
	if err == nil && have > len(steps) {
		err = &state.BackendError{
			Err:    fmt.Errorf("the tables have version %d, and this fleet knows %d", have, len(steps)),
			Stays:  true,
			Advice: "use a fleet that is at least as new as the one that prepared it",
		}
	}
	return have, explain(err)
}

// ready checks that the tables exist in the version that this fleet knows, until it has
// found them so once.
func (s *Store) ready(ctx context.Context) error {
	if s.checked.Load() {
		return nil
	}
	have, err := s.version(ctx)
	if err == nil && have < len(steps) {
		err = state.ErrUnprepared
	}
	s.checked.Store(err == nil)
	return err
}
