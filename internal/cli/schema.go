package cli

import (
	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/docs"
)

func newSchema(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of fleet files",
		Long: `Print the JSON Schema of fleet files, for editors and for tools that check YAML. It knows
every key and its values; what depends on other entries, only validate can tell.`,
		Example: "  fleet schema > fleet.schema.json",
		Args:    noArguments("it is printed on stdout"),
		RunE:    func(*cobra.Command, []string) error { return c.show(string(docs.FleetSchema)) },
	}
}
