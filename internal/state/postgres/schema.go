package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/vps-fleet/fleet/internal/state"
)

// files are the steps from one version of the schema to the next, by name.
//
//go:embed schema/*.sql
var files embed.FS

// steps are the texts of the steps, in their order.
func steps() (texts []string, err error) {
	names, err := fs.Glob(files, "schema/*.sql") // sorted
	for _, name := range names {
		text, failed := files.ReadFile(name)
		texts, err = append(texts, string(text)), errors.Join(err, failed)
	}
	return texts, err
}

// Prepare makes the tables, or brings those of an earlier version up to date. Where
// they are up to date, it needs no right to make any.
func (s *Store) Prepare(ctx context.Context) error {
	texts, err := steps()
	if err != nil {
		return err
	}
	have, err := s.version(ctx)
	switch {
	case errors.Is(err, state.ErrUnprepared):
		have = 0
	case err != nil:
		return err
	}
	if have == len(texts) {
		return nil
	}
	return explain(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return migrate(ctx, tx, texts) }))
}

// migrate takes the steps that were not taken yet. Of several that prepare at once,
// one takes them.
func migrate(ctx context.Context, tx pgx.Tx, texts []string) error {
	for _, sql := range []string{"create table if not exists fleet_schema (version integer not null)", "lock table fleet_schema in exclusive mode"} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	var have int
	if err := tx.QueryRow(ctx, "select coalesce(max(version), 0) from fleet_schema").Scan(&have); err != nil {
		return err
	}
	for n := have; n < len(texts); n++ {
		if _, err := tx.Exec(ctx, texts[n]); err != nil {
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
	texts, err := steps()
	if err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, "select coalesce(max(version), 0) from fleet_schema").Scan(&have)
	if err == nil && have > len(texts) {
		err = newerSchema{have, len(texts)}
	}
	return have, explain(err)
}

// ready holds, once, that the tables are there and as this fleet knows them.
func (s *Store) ready(ctx context.Context) error {
	if s.checked.Load() {
		return nil
	}
	texts, err := steps()
	if err != nil {
		return err
	}
	have, err := s.version(ctx)
	if err == nil && have < len(texts) {
		err = state.ErrUnprepared
	}
	s.checked.Store(err == nil)
	return err
}

// newerSchema is why a database cannot be used: a later fleet has prepared it.
type newerSchema struct{ have, known int }

func (e newerSchema) Error() string {
	return fmt.Sprintf("the tables have version %d, and this fleet knows %d", e.have, e.known)
}

// Final: it does not change by itself.
func (newerSchema) Final() bool { return true }

// Hint says what to do about it.
func (newerSchema) Hint() string {
	return "use a fleet that is at least as new as the one that prepared it"
}
