// Package postgres keeps the objects of a shared state in a table of a PostgreSQL
// database. It is a state.Backend and knows nothing of what is in the objects.
//
// Each request is one statement in a transaction of its own. Nothing rests on the
// session, no prepared statement and no lock, so a pooler such as PgBouncer may give
// each transaction another one. Compare-and-swap is a column that counts versions,
// and time is clock_timestamp().
package postgres
