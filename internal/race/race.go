// Package race is for tests that play very many cases: the race detector makes them ten
// times slower, so that they play a share of the cases with it, and all without it.
package race
