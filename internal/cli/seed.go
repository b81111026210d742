package cli

import (
	"fmt"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// The account that sandbox --servers makes is one that people have made by hand:
// series with gaps, names that no API would take, two servers of one name.

// oddNames are names of servers that are in no series.
var oddNames = []string{"Old Box", "jenkins", "mail.example.com", "test", "test", "cache_1", "Büro-VPN", "backup 2019", "cache_2", "vpn"}

// series are servers of which there are many: so many of each ten.
var series = []struct {
	name, hostname string // with the number in them
	of10           int
	plan, os       vpsorg.ID
	location       string
	backups        bool
}{
	{"web-%02d", "web-%02d.example.com", 5, "1", "5", "us-west", false},
	{"db-%d", "db-%d.example.com", 2, "2", "3", "us-east", true},
	{"worker-%d", "", 2, "3", "5", "eu-central", false},
}

// seed puts n servers in place, the same each time: nine of ten in series, each
// tenth of an odd name. A few are stopped, and one is suspended.
func seed(e *emulator.Emulator, n int) {
	servers := make([]vpsorg.Server, n)
	for i := range servers {
		s := handMade(i)
		switch {
		case i%17 == 16:
			s.Status = vpsorg.StatusStopped
		case i == 29:
			s.Status = vpsorg.StatusSuspended
		}
		s.ResourceUsage = &vpsorg.ResourceUsage{CPUPercent: float64(i * 37 % 95), MemoryUsed: float64(i * 613 % 2000), DiskUsed: float64(i * 7 % 40), BandwidthUsed: float64(i * 211 % 1000)}
		s.CreatedAt = fmt.Sprintf("2025-%02d-%02dT09:15:00Z", 1+i/28%12, 1+i%28)
		servers[i] = s
	}
	e.AddAll(servers...)
}

// handMade is the i-th server.
func handMade(i int) vpsorg.Server {
	ten, rest := i/10, i%10
	for _, x := range series {
		if rest >= x.of10 {
			rest -= x.of10
			continue
		}
		number := ten*x.of10 + rest + 1
		s := vpsorg.Server{Name: fmt.Sprintf(x.name, number), Location: x.location, Plan: vpsorg.ServerPlan{ID: x.plan}, OS: vpsorg.OS{ID: x.os}, BackupsEnabled: &x.backups}
		if x.hostname != "" {
			s.Hostname = new(fmt.Sprintf(x.hostname, number))
		}
		return s
	}
	s := vpsorg.Server{Name: oddNames[ten%len(oddNames)], Location: "us-west", Plan: vpsorg.ServerPlan{ID: "3"}, OS: vpsorg.OS{ID: "2"}}
	if ten >= len(oddNames) {
		s.Name += fmt.Sprintf(" (%d)", ten/len(oddNames)+1)
	}
	return s
}
