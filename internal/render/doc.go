// Package render writes plans, results and events for people, and a result as
// JSON for machines. It is made of pure functions from a value to text; only Live
// keeps state, because a terminal does. It decides nothing, asks nothing and
// knows neither flags nor the API. Everything that comes from the API or from a
// file goes through Escape on its way out.
package render
