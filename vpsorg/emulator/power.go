package emulator

import (
	"net/http"

	"github.com/vps-fleet/fleet/vpsorg"
)

// power is a documented power action: the one status it starts from, and the
// transition that it begins.
type power struct {
	from, into vpsorg.Status
	otherwise  string // what a server in another status is, to the one who asks
}

// startServer answers POST servers/{id}/start/.
func (e *Emulator) startServer(c *call) answer {
	return e.power(c, power{vpsorg.StatusStopped, vpsorg.StatusStarting, "Server is already running."})
}

// stopServer answers POST servers/{id}/stop/, as documented for reboot.
func (e *Emulator) stopServer(c *call) answer {
	return e.power(c, power{vpsorg.StatusActive, vpsorg.StatusStopping, "Server is not running."})
}

// rebootServer answers POST servers/{id}/reboot/.
func (e *Emulator) rebootServer(c *call) answer {
	return e.power(c, power{vpsorg.StatusActive, vpsorg.StatusRebooting, "Server is not running."})
}

func (e *Emulator) power(c *call, p power) answer {
	r := c.found
	switch r.Status {
	case p.from:
	case vpsorg.StatusActive, vpsorg.StatusStopped:
		return refuse(http.StatusBadRequest, p.otherwise)
	default:
		return refuse(http.StatusBadRequest, "Server is "+string(r.Status)+".")
	}
	e.change(r, c.now)
	if p.from == vpsorg.StatusActive {
		r.Halted = c.now
	}
	e.begin(r, p.into, c.now)
	r.UpdatedAt = stamp(c.now)
	a := vpsorg.PowerAnswer{Status: "success", Message: "Server is " + string(p.into)}
	a.Server.ID, a.Server.Name, a.Server.Status = r.ID, r.Name, r.Status
	return ok(a)
}
