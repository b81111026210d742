package inventory

import (
	"fmt"
	"maps"
	"net/netip"
)

// targetGroup is one entry of Prometheus' file_sd and http_sd.
type targetGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// writePrometheus is a file for file_sd_configs: one target a server. Labels of
// the fleet file are labels of the target, and so are name and location where the
// file has none of those names. All else is in labels that Prometheus drops after
// relabelling.
func writePrometheus(servers []Server, o Options) ([]byte, []Omitted, error) {
	if o.Port == 0 {
		return nil, nil, fmt.Errorf("prometheus needs the port of the servers' exporter")
	}
	groups := make([]targetGroup, len(servers))
	for i, s := range servers {
		labels := map[string]string{
			"name":                  s.Name,
			"location":              s.Location,
			"__meta_fleet_id":       s.ID,
			"__meta_fleet_status":   s.Status,
			"__meta_fleet_hostname": s.Hostname,
			"__meta_fleet_plan":     s.Plan.Name,
			"__meta_fleet_os":       s.OS.Name,
		}
		maps.Copy(labels, s.Labels)
		groups[i] = targetGroup{[]string{netip.AddrPortFrom(s.address(), o.Port).String()}, labels}
	}
	text, err := encode(groups)
	return text, nil, err
}
