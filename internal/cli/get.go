package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

func newGet(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "get NAME",
		Short: "Show one server with all that the API tells of it",
		Long: `Show one server: its addresses, plan and prices, what it uses, where the fleet file
lists it and how it differs from that. NAME is the server's, its entry's, or the
server's id; the server may be any of the account's.`,
		Example:           "  fleet get web-01\n  fleet get 12345 -o json | jq .server.ip_address",
		ValidArgsFunction: first(c.namesInFile),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return refusal{"get takes the name of one server", "fleet list shows many"}
			case c.flags.detailFormat != "text" && c.flags.detailFormat != "json":
				return refusal{fmt.Sprintf("-o %s is not a format", c.flags.detailFormat), "the formats are text and json"}
			}
			return c.get(cmd.Context(), args[0])
		},
	}
}

func (c *command) get(ctx context.Context, name string) error {
	in, _, err := c.listInput(nil)
	if err != nil {
		return err
	}
	engine, err := c.connect()
	if err != nil {
		return err
	}
	seen, err := engine.List(ctx, in, vpsorg.ListFilter{}, true, func([]planner.Server) []string { return nil })
	if err != nil {
		return err
	}
	id, err := findServer(in, seen, name)
	if err != nil {
		return err
	}
	detail, err := engine.Detail(ctx, &seen, id)
	if err != nil {
		return err
	}
	d := detailOf(in, seen, detail)
	if c.flags.detailFormat == "json" {
		text, err := inventory.DetailJSON(d, seen.Account, seen.Endpoint)
		if err != nil {
			return err
		}
		return c.show(string(text))
	}
	return c.show(render.Server(d, time.Now(), c.style(c.Stdout)))
}

// findServer is the id of the server that has a name, or whose entry has it, or
// whose id it is.
func findServer(in apply.Input, seen planner.Observation, name string) (id string, err error) {
	entries := planner.Entries(in.Fleet, seen.Servers)
	for _, is := range []func(planner.Server) bool{
		func(s planner.Server) bool { return s.Name == name },
		func(s planner.Server) bool { return entries[s.ID] != nil && entries[s.ID].Name == name },
		func(s planner.Server) bool { return s.ID == name },
	} {
		var ids []string
		for _, s := range seen.Servers {
			if is(s) {
				ids = append(ids, s.ID)
			}
		}
		switch {
		case len(ids) == 1:
			return ids[0], nil
		case len(ids) > 1:
			return "", refusal{fmt.Sprintf("%d servers are named %s: %s", len(ids), name, strings.Join(ids, ", ")), "get one by its id"}
		}
	}
	return "", refusal{"no server is named " + name, "fleet list --all shows the names"}
}

// detailOf is all that is known of the server that a detail is about.
func detailOf(in apply.Input, seen planner.Observation, detail vpsorg.Server) inventory.Detail {
	all := inventory.Find(in.Fleet, true, seen, planner.Selection{}).Servers
	id := string(detail.ID)
	d := inventory.Detail{
		Server: all[slices.IndexFunc(all, func(s inventory.Server) bool { return s.ID == id })],
		VCPUs:  detail.Plan.VCPUs, Memory: detail.Plan.Memory, Storage: detail.Plan.Storage, Bandwidth: detail.Plan.Bandwidth,
		BackupsEnabled: detail.BackupsEnabled, CreatedAt: detail.CreatedAt, UpdatedAt: detail.UpdatedAt,
	}
	if u := detail.ResourceUsage; u != nil {
		d.Usage = &inventory.Usage{CPUPercent: u.CPUPercent, MemoryUsed: u.MemoryUsed, DiskUsed: u.DiskUsed, BandwidthUsed: u.BandwidthUsed}
	}
	for _, x := range planner.FindDrift(in.Fleet, nil, seen, planner.Selection{}).Differences {
		if slices.Contains(x.IDs, id) && x.Kind != planner.DriftUnlisted {
			d.Differences = append(d.Differences, x)
		}
	}
	return d
}
