package vpsorg

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// ID names a server, plan, operating system or SSH key. The published API
// writes integers, the vendor's own tools write UUIDs, so an ID is opaque text:
// it is compared and copied, never calculated with.
type ID string

// UnmarshalJSON accepts a JSON number or a JSON string and keeps its text; null
// leaves the ID as it is.
func (id *ID) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return fmt.Errorf("id is empty")
	}
	switch c := data[0]; {
	case string(data) == "null":
		return nil
	case c == '"':
		return json.Unmarshal(data, (*string)(id))
	case c == '-' || '0' <= c && c <= '9':
		*id = ID(data)
		return nil
	}
	return fmt.Errorf("id is neither a number nor a string: %.20s", data)
}

// MarshalJSON writes a number where the text is a plain decimal integer, as the
// published API wants it, and a string everywhere else.
func (id ID) MarshalJSON() ([]byte, error) {
	if n, err := strconv.ParseUint(string(id), 10, 63); err == nil && strconv.FormatUint(n, 10) == string(id) {
		return []byte(id), nil
	}
	return json.Marshal(string(id))
}

// Status is what a server is doing. The API may answer with a status that is
// not among the constants; it is kept as it came.
type Status string

// The statuses that the API's documentation names.
const (
	StatusActive       Status = "active"
	StatusStopped      Status = "stopped"
	StatusSuspended    Status = "suspended"
	StatusProvisioning Status = "provisioning"
	StatusStarting     Status = "starting"
	StatusStopping     Status = "stopping"
	StatusRebooting    Status = "rebooting"
)

// Server is a server as the API reports it, in a list, a detail or a create
// answer. Fields that an answer leaves out are nil or zero.
type Server struct {
	ID        ID         `json:"id"`
	Name      string     `json:"name"`
	Hostname  *string    `json:"hostname"`
	Status    Status     `json:"status"`
	IPAddress *string    `json:"ip_address"`
	Location  string     `json:"location"`
	Plan      ServerPlan `json:"plan"`
	OS        OS         `json:"os"`
	// CreatedAt and UpdatedAt are RFC 3339 text as the API wrote it, by its own clock.
	// Whether UpdatedAt moves with every change is not documented.
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`

	// The rest is told only by GetServer; BackupsEnabled by CreateServer too.
	IPv6Address    *string        `json:"ipv6_address,omitempty"`
	BackupsEnabled *bool          `json:"backups_enabled,omitempty"`
	ResourceUsage  *ResourceUsage `json:"resource_usage,omitempty"`
}

// ServerPlan is the plan a server runs on, as told with the server.
type ServerPlan struct {
	ID        ID     `json:"id"`
	Name      string `json:"name"`
	VCPUs     int    `json:"vcpus"`
	Memory    int    `json:"memory"`              // MB
	Storage   int    `json:"storage"`             // GB
	Bandwidth int    `json:"bandwidth,omitempty"` // GB a month; only from GetServer
}

// OS is an operating system image.
type OS struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// ResourceUsage is what a server uses at the moment.
type ResourceUsage struct {
	CPUPercent    float64 `json:"cpu_percent"`
	MemoryUsed    float64 `json:"memory_used"`    // MB
	DiskUsed      float64 `json:"disk_used"`      // GB
	BandwidthUsed float64 `json:"bandwidth_used"` // GB this month
}

// CreateRequest is the body of CreateServer. Nil fields are left out.
type CreateRequest struct {
	Name           string  `json:"name"`
	PlanID         ID      `json:"plan_id"`
	OSID           ID      `json:"os_id"`
	Location       string  `json:"location"`
	Hostname       *string `json:"hostname,omitempty"`
	SSHKeyID       *ID     `json:"ssh_key_id,omitempty"`
	BackupsEnabled *bool   `json:"backups_enabled,omitempty"`
}

// PutRequest is the body of PutServer: all three fields are required.
type PutRequest struct {
	Name           string `json:"name"`
	Hostname       string `json:"hostname"`
	BackupsEnabled bool   `json:"backups_enabled"`
}

// PatchRequest is the body of PatchServer: only the fields that are not nil change.
type PatchRequest struct {
	Name           *string `json:"name,omitempty"`
	Hostname       *string `json:"hostname,omitempty"`
	BackupsEnabled *bool   `json:"backups_enabled,omitempty"`
}

// PowerAnswer is what start, stop and reboot answer.
type PowerAnswer struct {
	Status  string `json:"status"`
	Message string `json:"message"`
	Server  struct {
		ID     ID     `json:"id"`
		Name   string `json:"name"`
		Status Status `json:"status"`
	} `json:"server"`
}

// Plan is a plan that the API sells, from ListPlans.
type Plan struct {
	ID           ID           `json:"id"`
	Name         string       `json:"name"`
	Slug         string       `json:"slug"`
	VCPUs        int          `json:"vcpus"`
	Memory       int          `json:"memory"`        // MB
	Storage      int          `json:"storage"`       // GB
	Bandwidth    int          `json:"bandwidth"`     // GB a month
	PriceMonthly *json.Number `json:"price_monthly"` // in the account's currency, exact; nil: not told
	PriceHourly  *json.Number `json:"price_hourly"`
	Available    *bool        `json:"available"` // nil: not told
	Locations    []string     `json:"locations"` // nil: not told
	Description  string       `json:"description"`
}

// Account is whose token this is, from GetAccount.
type Account struct {
	Account struct {
		Email       string `json:"email"`
		FirstName   string `json:"first_name"`
		LastName    string `json:"last_name"`
		CompanyName string `json:"company_name"`
		CreatedAt   string `json:"created_at"`
	} `json:"account"`
	Token struct {
		Name        string   `json:"name"`
		Permissions []string `json:"permissions"`
	} `json:"token"`
}
