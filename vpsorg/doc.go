// Package vpsorg is a client of the VPS.org API: one method for each endpoint,
// the wire types, one error type, complete lists, a rate limiter and retries.
//
// A method returns what the API said and no more. It never reads a doubtful
// answer as yes or no: Ambiguous reports whether a change that failed may have
// taken effect nevertheless, and a list is complete or it is an error. Only GET
// requests are retried; whether a change is sent again is for the caller to
// decide, who can read the server first.
//
// Which servers ought to exist, waits until they have changed, and whatever is
// printed do not belong here. The package imports nothing else of this module.
package vpsorg
