package inventory

import (
	"github.com/vps-fleet/fleet/planner"
)

// Detail is all that the API tells of one server, with what the fleet file says.
// What it did not tell is nil or zero.
type Detail struct {
	Server
	Differences    []planner.Difference // from its entry, as Server.Drift has their fields
	VCPUs          int
	Memory         int // MB
	Storage        int // GB
	Bandwidth      int // GB a month
	BackupsEnabled *bool
	Usage          *Usage
	CreatedAt      string // RFC 3339, as the API wrote it
	UpdatedAt      string
}

// Usage is what a server uses at the moment.
type Usage struct {
	CPUPercent    float64 `json:"cpu_percent"`
	MemoryUsed    float64 `json:"memory_used"`    // MB
	DiskUsed      float64 `json:"disk_used"`      // GB
	BandwidthUsed float64 `json:"bandwidth_used"` // GB this month
}

// detailJSON is a server of docs/list.schema.json with more fields, as
// docs/server.schema.json describes it.
type detailJSON struct {
	serverJSON
	Plan           planJSON `json:"plan"`
	BackupsEnabled *bool    `json:"backups_enabled"`
	Usage          *Usage   `json:"resource_usage"`
	CreatedAt      *string  `json:"created_at"`
	UpdatedAt      *string  `json:"updated_at"`
}

type planJSON struct {
	planner.Named
	VCPUs     int `json:"vcpus"`
	Memory    int `json:"memory"`
	Storage   int `json:"storage"`
	Bandwidth int `json:"bandwidth"`
}

// DetailJSON writes one server as a document.
func DetailJSON(d Detail, account, endpoint string) ([]byte, error) {
	return encode(struct {
		FormatVersion int        `json:"format_version"`
		Account       string     `json:"account"`
		Endpoint      string     `json:"endpoint"`
		Server        detailJSON `json:"server"`
	}{formatVersion, account, endpoint, detailJSON{
		serverJSON: toJSON(d.Server), Plan: planJSON{d.Plan, d.VCPUs, d.Memory, d.Storage, d.Bandwidth},
		BackupsEnabled: d.BackupsEnabled, Usage: d.Usage, CreatedAt: orNull(d.CreatedAt), UpdatedAt: orNull(d.UpdatedAt),
	}})
}
