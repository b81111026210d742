package importer

import "github.com/vps-fleet/fleet/planner"

// DetailsFor lists the ids of the servers that a job would import, so that their
// details can be read.
func (j Job) DetailsFor(servers []planner.Server) (ids []string) {
	j.Observation = planner.Observation{Servers: servers}
	chosen, _ := j.choose()
	for _, c := range chosen {
		ids = append(ids, c.live.ID)
	}
	return ids
}
