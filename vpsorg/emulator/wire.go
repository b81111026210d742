package emulator

import (
	"encoding/json"
	"net/http"

	"github.com/vps-fleet/fleet/vpsorg"
)

// The answers of the API, field by field as the documentation shows them: what
// a list leaves out is no field of listedServer, so that it cannot slip in.

type listedServer struct {
	ID        vpsorg.ID     `json:"id"`
	Name      string        `json:"name"`
	Hostname  *string       `json:"hostname"`
	Status    vpsorg.Status `json:"status"`
	IPAddress *string       `json:"ip_address"`
	Location  string        `json:"location"`
	Plan      listedPlan    `json:"plan"`
	OS        vpsorg.OS     `json:"os"`
	CreatedAt string        `json:"created_at"`
	UpdatedAt string        `json:"updated_at"`
}

type listedPlan struct {
	ID      vpsorg.ID `json:"id"`
	Name    string    `json:"name"`
	VCPUs   int       `json:"vcpus"`
	Memory  int       `json:"memory"`
	Storage int       `json:"storage"`
}

type detailedPlan struct {
	listedPlan
	Bandwidth int `json:"bandwidth"`
}

type detailedServer struct {
	listedServer
	Plan           detailedPlan         `json:"plan"` // takes the place of the list's
	IPv6Address    *string              `json:"ipv6_address"`
	BackupsEnabled bool                 `json:"backups_enabled"`
	ResourceUsage  vpsorg.ResourceUsage `json:"resource_usage"`
}

type createdServer struct {
	listedServer
	BackupsEnabled bool   `json:"backups_enabled"`
	Message        string `json:"message"`
}

type list[T any] struct {
	Count   int `json:"count"`
	Results []T `json:"results"`
}

type pagedList[T any] struct {
	Count    int     `json:"count"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []T     `json:"results"`
}

func listed(s *vpsorg.Server) listedServer {
	return listedServer{
		ID: s.ID, Name: s.Name, Hostname: s.Hostname, Status: s.Status, IPAddress: s.IPAddress, Location: s.Location,
		Plan: listedPlan{s.Plan.ID, s.Plan.Name, s.Plan.VCPUs, s.Plan.Memory, s.Plan.Storage},
		OS:   s.OS, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

func detailed(s *vpsorg.Server) detailedServer {
	l := listed(s)
	return detailedServer{
		listedServer: l, Plan: detailedPlan{l.Plan, s.Plan.Bandwidth},
		IPv6Address: s.IPv6Address, BackupsEnabled: *s.BackupsEnabled, ResourceUsage: *s.ResourceUsage,
	}
}

// answer is what the API says to a call: nil is no body, all else becomes JSON.
type answer struct {
	status int
	body   any
	header http.Header
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// refuse is an answer that says what is wrong as a whole; form.end says it by field.
func refuse(status int, detail string) *answer {
	return &answer{status: status, body: map[string]string{"detail": detail}}
}

// reply is an answer as it goes over the wire; cut, the connection breaks at the
// end of body.
type reply struct {
	status int
	header http.Header
	body   []byte
	cut    bool
}

func (a answer) reply() reply {
	r := reply{status: a.status, header: http.Header{}}
	for name, values := range a.header {
		r.header[name] = values
	}
	if a.body == nil {
		return r
	}
	body, err := json.Marshal(a.body)
	if err != nil { // a usage of NaN or the like, put there by Add or Edit
		return refuse(http.StatusInternalServerError, err.Error()).reply()
	}
	r.body = body
	r.header.Set("Content-Type", "application/json")
	return r
}

func (r reply) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	w.Write(r.body) // cut, it is shorter than its Content-Length, so that the server closes the connection
}
