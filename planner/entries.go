package planner

import "github.com/vps-fleet/fleet/fleet"

// Entries are the entries of a fleet by the id of the live server that each stands
// for. A server that an unfinished replacement has made stands for its entry, too.
func Entries(f *fleet.Fleet, servers []Server) map[string]*fleet.Server {
	entries := make(map[string]*fleet.Server)
	for _, x := range matchAll(f, newWorld(Observation{Servers: servers})).matches {
		for _, s := range []*Server{x.live, x.next} {
			if s != nil {
				entries[s.ID] = x.entry
			}
		}
	}
	return entries
}
