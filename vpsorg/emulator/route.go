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

	values url.Values
	id     vpsorg.ID     // the server in the path
	found  *record       // that server, as it is; for a GET, as it is told
	lag    time.Duration // of this read; zero is that of all
	now    time.Time
	entry  *Entry
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
func (c *call) deviate(status int, what, detail string) answer {
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
	{"servers/*/start/", nil, nil, methods{"POST": (*Emulator).startServer}},
	{"servers/*/stop/", nil, nil, methods{"POST": (*Emulator).stopServer}},
	{"servers/*/reboot/", nil, nil, methods{"POST": (*Emulator).rebootServer}},
	{"plans/", []string{"location"}, nil, methods{"GET": (*Emulator).listPlans}},
	{"account/me/", nil, nil, methods{"GET": (*Emulator).getAccount}},
}

// match tells whether path is the endpoint's and which server it names.
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

// route finds what a call asks for and does it, once all that the documentation
// asks of every request has been seen to.
func (e *Emulator) route(c *call) answer {
	for _, p := range endpoints {
		id, ok := p.match(c.path)
		if !ok {
			continue
		}
		if a, refused := e.admit(c); refused {
			return a
		}
		do := p.methods[c.method]
		if do == nil {
			a := c.deviate(http.StatusMethodNotAllowed, "method not allowed", `Method "`+c.method+`" not allowed.`)
			a.header = http.Header{"Allow": {strings.Join(slices.Sorted(maps.Keys(p.methods)), ", ")}}
			return a
		}
		if a, refused := e.checkForm(c, p); refused {
			return a
		}
		if a, refused := e.identify(c, id); refused {
			return a
		}
		if a, refused := e.locked(c); refused {
			return a
		}
		return do(e, c)
	}
	what := "no such path"
	if !strings.HasSuffix(c.path, "/") {
		what = "path without a slash at its end"
	}
	return c.deviate(http.StatusNotFound, what, "Not found.")
}

// admit checks the token and the rate.
func (e *Emulator) admit(c *call) (a answer, refused bool) {
	a, refused = e.authorize(c)
	if refused {
		a.header = http.Header{"Www-Authenticate": {"Bearer"}}
		return a, true
	}
	delay := e.throttle(c.now)
	if delay <= 0 {
		return a, false
	}
	a = refuse(http.StatusTooManyRequests, "Request was throttled.")
	a.header = e.RetryAfter.Header(delay)
	return a, true
}

func (e *Emulator) authorize(c *call) (a answer, refused bool) {
	given := c.header.Get("Authorization")
	token, bearer := strings.CutPrefix(given, "Bearer ")
	switch {
	case given == "":
		return c.deviate(http.StatusUnauthorized, "no Authorization header", "Authentication credentials were not provided."), true
	case !bearer || strings.TrimSpace(token) == "":
		return c.deviate(http.StatusUnauthorized, "Authorization is not Bearer and a token", "Invalid token header."), true
	case e.Token != "" && token != e.Token:
		return refuse(http.StatusUnauthorized, "Invalid token."), true
	}
	return a, false
}

// checkForm checks the headers and the query of a call, and that it has a body
// only where one is documented.
func (e *Emulator) checkForm(c *call, p endpoint) (a answer, refused bool) {
	bad := func(what, detail string) (answer, bool) { return c.deviate(http.StatusBadRequest, what, detail), true }
	kind, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return bad("Content-Type is not application/json", "Content-Type must be application/json.")
	}
	c.values, err = url.ParseQuery(c.query)
	if err != nil {
		return bad("malformed query", "Malformed query.")
	}
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
	return a, false
}

// identify finds the server that the path names, if it names one.
func (e *Emulator) identify(c *call, escaped string) (a answer, refused bool) {
	if escaped == "" {
		return a, false
	}
	text, err := url.PathUnescape(escaped)
	c.id = vpsorg.ID(text)
	c.entry.Server = c.id
	if c.method == http.MethodGet {
		c.found = e.recordAt(c.id, e.seenAt(c), c.now)
	} else {
		c.found = e.find(c.id, c.now)
	}
	if c.found != nil && err == nil {
		c.entry.Name = c.found.Name
		return a, false
	}
	if _, err := strconv.ParseUint(text, 10, 63); err != nil && !e.UUIDs {
		return c.deviate(http.StatusNotFound, "server id is not an integer", "Not found."), true
	}
	return refuse(http.StatusNotFound, "Not found."), true
}
