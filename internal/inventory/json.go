package inventory

import (
	"bytes"
	"encoding/json"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// formatVersion is the form of the document that writeJSON writes. It moves when a
// field changes its meaning or goes, not when one is added.
const formatVersion = 1

// document is what docs/list.schema.json describes.
type document struct {
	FormatVersion int          `json:"format_version"`
	Account       string       `json:"account"`
	Endpoint      string       `json:"endpoint"`
	Servers       []serverJSON `json:"servers"`
}

type serverJSON struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Hostname     *string           `json:"hostname"`
	Status       string            `json:"status"`
	IPAddress    *string           `json:"ip_address"`
	IPv6Address  *string           `json:"ipv6_address,omitempty"`
	Location     string            `json:"location"`
	Plan         planner.Named     `json:"plan"`
	OS           planner.Named     `json:"os"`
	PriceMonthly *fleet.Money      `json:"price_monthly"`
	Labels       map[string]string `json:"labels"`
	Listed       *string           `json:"listed"`
	Drift        []string          `json:"drift"`
}

func writeJSON(servers []Server, o Options) ([]byte, []Omitted, error) {
	d := document{formatVersion, o.Account, o.Endpoint, make([]serverJSON, len(servers))}
	for i, s := range servers {
		d.Servers[i] = toJSON(s)
	}
	text, err := encode(d)
	return text, nil, err
}

func toJSON(s Server) serverJSON {
	j := serverJSON{
		ID: s.ID, Name: s.Name, Hostname: orNull(s.Hostname), Status: s.Status,
		IPAddress: orNull(addressText(s.IPv4)), IPv6Address: orNull(addressText(s.IPv6)),
		Location: s.Location, Plan: s.Plan, OS: s.OS, PriceMonthly: s.Monthly,
		Labels: s.Labels, Listed: orNull(s.Listed), Drift: append([]string{}, s.Drift...),
	}
	if j.Labels == nil {
		j.Labels = map[string]string{}
	}
	return j
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// encode writes a JSON document for people and programs alike: indented, and with
// whatever a terminal would obey escaped.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(planner.EscapeJSON(&b))
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
