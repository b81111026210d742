package emulator

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// root is where every path begins.
const root = "/api/v1/"

// call is a request that has been read.
type call struct {
	method string
	origin string // scheme and host, for links to pages
	path   string // as escaped
	query  string
	header http.Header
	body   []byte

	endpoint  endpoint
	escapedID string // of the server in the path; "": there is none
	values    url.Values

	id    vpsorg.ID     // the server in the path
	found *record       // that server, as it is; for a GET, as it is told
	lag   time.Duration // of this read; zero is that of all
	now   time.Time
	entry *Entry
}

func newCall(r *http.Request, body []byte) *call {
	scheme, host := r.URL.Scheme, r.Host
	if host == "" {
		host = r.URL.Host
	}
	if scheme == "" {
		scheme = "http"
		if r.TLS != nil {
			scheme = "https"
		}
	}
	return &call{
		method: r.Method, origin: scheme + "://" + host, path: r.URL.EscapedPath(), query: r.URL.RawQuery,
		header: r.Header, body: body,
	}
}

// deviate notes what the documentation does not allow and refuses the call. The
// first deviation of a call is the one that its entry keeps.
func (c *call) deviate(status int, what, detail string) *answer {
	if c.entry.Deviation == "" {
		c.entry.Deviation = what
	}
	return refuse(status, detail)
}

// endpoint is a path of the API and what each method does there. An asterisk
// stands for the id of a server.
type endpoint struct {
	path    string
	query   []string // parameters of GET
	bodies  []string // methods that have a body
	methods methods
}

type methods map[string]func(*Emulator, *call) answer

var endpoints = []endpoint{
	{"servers/", []string{"status", "location"}, []string{"POST"}, methods{
		"GET": (*Emulator).listServers, "POST": (*Emulator).createServer,
	}},
	{"servers/*/", nil, []string{"PUT", "PATCH"}, methods{
		"GET": (*Emulator).getServer, "PUT": (*Emulator).putServer,
		"PATCH": (*Emulator).patchServer, "DELETE": (*Emulator).deleteServer,
	}},
	{"servers/*/start/", nil, nil, methods{"POST": start.call}},
	{"servers/*/stop/", nil, nil, methods{"POST": stop.call}},
	{"servers/*/reboot/", nil, nil, methods{"POST": reboot.call}},
	{"plans/", []string{"location"}, nil, methods{"GET": (*Emulator).listPlans}},
	{"account/me/", nil, nil, methods{"GET": (*Emulator).getAccount}},
}

// match reports whether path is the endpoint's, and returns the server that it names.
func (p endpoint) match(path string) (id string, ok bool) {
	before, after, wild := strings.Cut(root+p.path, "*")
	if !wild {
		return "", path == before
	}
	id, ok = strings.CutPrefix(path, before)
	if ok {
		id, ok = strings.CutSuffix(id, after)
	}
	return id, ok && id != "" && !strings.Contains(id, "/")
}

// checks are what a call has to pass, in this order, before it is done: what the
// documentation asks of every request, and what the account and the server allow now.
// Each answers a call that it refuses.
var checks = []func(*Emulator, *call) *answer{
	(*Emulator).authorize, (*Emulator).throttle, (*Emulator).checkMethod, (*Emulator).checkForm, (*Emulator).identify, (*Emulator).locked,
}

// route finds what a call asks for and does it.
func (e *Emulator) route(c *call) answer {
	for _, p := range endpoints {
		id, ok := p.match(c.path)
		if !ok {
			continue
		}
		c.endpoint, c.escapedID = p, id
		for _, check := range checks {
			if refusal := check(e, c); refusal != nil {
				return *refusal
			}
		}
		return p.methods[c.method](e, c)
	}
	what := "no such path"
	if !strings.HasSuffix(c.path, "/") {
		what = "path without a slash at its end"
	}
	return *c.deviate(http.StatusNotFound, what, "Not found.")
}

func (e *Emulator) authorize(c *call) (refusal *answer) {
	given := c.header.Get("Authorization")
	token, bearer := strings.CutPrefix(given, "Bearer ")
	switch {
	case given == "":
		refusal = c.deviate(http.StatusUnauthorized, "no Authorization header", "Authentication credentials were not provided.")
	case !bearer || strings.TrimSpace(token) == "":
		refusal = c.deviate(http.StatusUnauthorized, "Authorization is not Bearer and a token", "Invalid token header.")
	case e.Token != "" && token != e.Token:
		refusal = refuse(http.StatusUnauthorized, "Invalid token.")
	default:
		return nil
	}
	refusal.header = http.Header{"Www-Authenticate": {"Bearer"}}
	return refusal
}

func (e *Emulator) checkMethod(c *call) *answer {
	if c.endpoint.methods[c.method] != nil {
		return nil
	}
	refusal := c.deviate(http.StatusMethodNotAllowed, "method not allowed", `Method "`+c.method+`" not allowed.`)
	refusal.header = http.Header{"Allow": {strings.Join(slices.Sorted(maps.Keys(c.endpoint.methods)), ", ")}}
	return refusal
}

// checkForm checks the headers and the query of a call, and that it has a body
// only where one is documented.
func (e *Emulator) checkForm(c *call) *answer {
	bad := func(what, detail string) *answer { return c.deviate(http.StatusBadRequest, what, detail) }
	kind, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return bad("Content-Type is not application/json", "Content-Type must be application/json.")
	}
	c.values, err = url.ParseQuery(c.query)
	if err != nil {
		return bad("malformed query", "Malformed query.")
	}
	p := c.endpoint
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		paging := e.PageSize > 0 && p.path == "servers/" && (name == "page" || name == "page_size")
		if c.method != http.MethodGet || !slices.Contains(p.query, name) && !paging {
			return bad("unknown query parameter "+strconv.Quote(name), "Unknown query parameter: "+name+".")
		}
		if len(c.values[name]) > 1 {
			return bad("query parameter "+name+" given twice", "Query parameter given twice: "+name+".")
		}
	}
	if len(c.body) > 0 && !slices.Contains(p.bodies, c.method) {
		return bad("body where none is documented", "No body is expected.")
	}
	return nil
}

// identify finds the server that the path names, if it names one.
func (e *Emulator) identify(c *call) *answer {
	if c.escapedID == "" {
		return nil
	}
	text, err := url.PathUnescape(c.escapedID)
	c.id = vpsorg.ID(text)
	c.entry.Server = c.id
	if c.method == http.MethodGet {
		c.found = e.recordAt(c.id, e.seenAt(c), c.now)
	} else {
		c.found = e.find(c.id, c.now)
	}
	if c.found != nil && err == nil {
		c.entry.Name = c.found.Name
		return nil
	}
	if _, err := strconv.ParseUint(text, 10, 63); err != nil && !e.UUIDs {
		return c.deviate(http.StatusNotFound, "server id is not an integer", "Not found.")
	}
	return refuse(http.StatusNotFound, "Not found.")
}
