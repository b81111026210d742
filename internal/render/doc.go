// Package render writes plans, results and events for people, as text, Markdown and
// HTML, and a result as JSON for machines. What every form of a plan shows, in
// which order and grouped how, is decided once, in review.go; what a reason says, in
// sentence.go; what counts as the same, by data, in groups.go. It is made of pure
// functions from a value to text; only Live keeps state, because a terminal does.
// It decides nothing about servers, asks nothing and knows neither flags nor the
// API. Everything that comes from the API or from a file goes through Escape on
// its way out.
package render
