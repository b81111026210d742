// Package help lays out what the commands and topics say of themselves, for a terminal
// and as pages of the manual, and reads the keys of a fleet file from its schema. It
// knows no command: what is said belongs to internal/cli.
package help

import "strings"

// Page is what is said of a command or a topic.
type Page struct {
	Manual, Section string // where the manual has it: fleet-plan, 1
	Short, Prose    string // a line, and paragraphs; those that are indented stay as they are
	Usage, Example  string // of a command; examples are lines, each indented by two spaces
	Lists           []List
	More            string // how to be told more, on a terminal
}

// List is what is explained one by one under a title.
type List struct {
	Title string
	Rows  []Row
}

// Row is something and what it means.
type Row struct{ Head, Text string }

// Unindented is an example as it is typed.
func Unindented(example string) string {
	return strings.TrimPrefix(strings.ReplaceAll(example, "\n  ", "\n"), "  ")
}
