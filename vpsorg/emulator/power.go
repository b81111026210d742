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

// The actions; stop is as documented for reboot.
var (
	start  = power{vpsorg.StatusStopped, vpsorg.StatusStarting, "Server is already running."}
	stop   = power{vpsorg.StatusActive, vpsorg.StatusStopping, "Server is not running."}
	reboot = power{vpsorg.StatusActive, vpsorg.StatusRebooting, "Server is not running."}
)

// call answers POST servers/{id}/ and the action.
func (p power) call(e *Emulator, c *call) answer {
	r := c.found
	switch r.Status {
	case p.from:
	case vpsorg.StatusActive, vpsorg.StatusStopped:
		return *refuse(http.StatusBadRequest, p.otherwise)
	default:
		return *refuse(http.StatusBadRequest, "Server is "+string(r.Status)+".")
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
