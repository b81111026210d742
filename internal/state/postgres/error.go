package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/vps-fleet/fleet/internal/state"
)

// explain says of an error of the server what it means for fleet.
func explain(err error) error {
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		return err
	}
	switch {
	case told.Code == "42P01": // undefined_table
		return state.ErrUnprepared
	case told.Code == "25006": // read_only_sql_transaction
		return &state.BackendError{Err: err, Advice: "it is a replica, or is set to be read only: name the primary in the URL, or give both hosts and target_session_attrs=read-write"}
	case strings.HasPrefix(told.Code, "53"): // insufficient resources
		return &state.BackendError{Err: err, Advice: "the server has no connections, memory or disk left: make room, or connect through a pooler"}
	case strings.HasPrefix(told.Code, "28"): // invalid authorization
		return &state.BackendError{Err: err, Stays: true, Advice: "look at the user and password in the URL, PGPASSWORD or PGPASSFILE, and at the server's pg_hba.conf"}
	case told.Code == "3D000": // invalid catalog name
		return &state.BackendError{Err: err, Stays: true, Advice: "look at the database in the URL"}
	case told.Code == "42501": // insufficient privilege
		return &state.BackendError{Err: err, Stays: true, Advice: "grant this user what the state needs: select on fleet_schema; select, insert, update and delete on fleet_state; and for fleet state init, create on the schema"}
	}
	return err
}
