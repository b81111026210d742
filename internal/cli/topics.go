package cli

import (
	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/help"
	"github.com/vps-fleet/fleet/internal/render"
)

// topic is what help explains beside the commands.
type topic struct {
	name string // fleet help NAME
	help.Page
	lists func() []help.List // of the page; no other command waits for the schema to be read
}

const fileText = `A fleet file says in YAML which servers should exist. It is fleet.yaml unless -f names
others; several files, or a directory of them, are one fleet.

  version: 1
  owns: ["web-*"]
  defaults:
    plan: 1
    os: 5
    location: us-west
  servers:
    web-[01:03]:    # web-01 to web-03
      hostname: "{name}.example.com"

fleet validate finds all mistakes in a file, each with its line. fleet schema prints the
JSON Schema, from which editors offer keys and values.`

// topics are all topics, in the order in which help tells of them.
func topics() []topic {
	return []topic{
		{"fleet-file", help.Page{Manual: "fleet-file", Section: "5", Short: "Every key of a fleet file", Prose: fileText}, help.FileKeys},
		{"symbols", help.Page{
			Manual: "fleet-symbols", Section: "7", Short: "What the symbols of plans and results mean",
			Prose: "Each line of a plan begins with a symbol: what would be done to the servers that it names. In a result it says what became of that.",
		}, func() []help.List {
			return []help.List{{Title: "Symbols of plans", Rows: symbolRows(render.Symbols())}, {Title: "Symbols of results", Rows: symbolRows(render.Outcomes())}}
		}},
		{"exit-codes", help.Page{
			Manual: "fleet-exit-codes", Section: "7", Short: "What each exit code means",
			Prose: "A script learns from the exit code what has come of a run.",
		}, func() []help.List { return []help.List{{Title: "Exit codes", Rows: exitRows(&cobra.Command{})}} }},
	}
}

// addTopics lets fleet help TOPIC find the topics.
func (c *command) addTopics(root *cobra.Command) {
	for _, t := range topics() {
		root.AddCommand(&cobra.Command{Use: t.name, Short: t.Short})
	}
}

func topicRows() (rows []help.Row) {
	for _, t := range topics() {
		rows = append(rows, help.Row{Head: t.name, Text: t.Short})
	}
	return rows
}
