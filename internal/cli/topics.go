package cli

import (
	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

// topic is what help explains beside the commands.
type topic struct {
	name string // fleet help NAME
	page
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
		{"fleet-file", page{manual: "fleet-file", section: "5", short: "Every key of a fleet file", prose: fileText, lists: fileKeys()}},
		{"symbols", page{
			manual: "fleet-symbols", section: "7", short: "What the symbols of plans and results mean",
			prose: "Each line of a plan begins with a symbol: what would be done to the servers that it names. In a result it says what became of that.",
			lists: []helpList{{"Symbols of plans", symbolRows(render.Symbols())}, {"Symbols of results", symbolRows(render.Outcomes())}},
		}},
		{"exit-codes", page{
			manual: "fleet-exit-codes", section: "7", short: "What each exit code means",
			prose: "A script learns from the exit code what has come of a run.",
			lists: []helpList{{"Exit codes", exitRows(&cobra.Command{})}},
		}},
	}
}

// addTopics lets fleet help TOPIC find the topics.
func (c *command) addTopics(root *cobra.Command) {
	for _, t := range topics() {
		root.AddCommand(&cobra.Command{Use: t.name, Short: t.short})
	}
}

func topicRows() (rows []helpRow) {
	for _, t := range topics() {
		rows = append(rows, helpRow{t.name, t.short})
	}
	return rows
}
