// Package apply makes the servers of an account be what a fleet says. An Engine is
// the whole of a run: observe, resolve what earlier runs left open, diff, get the plan
// approved, recheck, carry out, remember. A Runner carries one plan out: it checks
// each change's precondition, sends the requests, waits until every server is ready
// and reports what became of each change.
//
// Package planner decides what should change, observe reads the account, and deeds says
// which answers may be from before a change. What outlives a run is kept behind the
// interface Store, which internal/state implements. Nothing is printed: what happens
// is emitted as events and ends in a Result, and why something is refused or was not
// done is data, of which internal/render makes sentences.
package apply
