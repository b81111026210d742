// Package apply looks at the API and carries plans out: it observes, checks each
// change's precondition, sends the requests, waits until every server has arrived
// and reports what became of each change. On disk it keeps the journal of creates
// that may have made a server, and the lock that lets one apply of an account run at
// a time. It decides nothing about what should change (that is the planner's) and
// prints nothing: what happens is told as events, and in the end as a Result.
package apply
