package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const serversPath = "/servers/"

// ListFilter narrows ListServers. Empty fields do not filter.
type ListFilter struct {
	Status   Status // the API documents active, stopped and suspended
	Location string // a datacenter code, such as us-west
}

// ListServers returns every server of the account that passes the filter, in the
// API's order, or an error; one that wraps ErrIncompleteList if the answers
// contradicted each other. It never returns a part.
func (c *Client) ListServers(ctx context.Context, filter ListFilter) ([]Server, error) {
	query := url.Values{}
	if filter.Status != "" {
		query.Set("status", string(filter.Status))
	}
	if filter.Location != "" {
		query.Set("location", filter.Location)
	}
	l := list[Server]{client: c, path: serversPath, filter: query, key: func(s Server) ID { return s.ID }, form: &c.servers}
	return l.all(ctx)
}

// ListCost is how many requests the next ListServers takes if the list is as long
// as it was last; 1 before the first. It tells when reading some servers one by one
// is cheaper.
func (c *Client) ListCost() int { return max(1, int(c.servers.pages.Load())) }

// Parallelism is how many reads, such as of a list's pages, the client was
// configured to have under way at once.
func (c *Client) Parallelism() int { return c.cfg.Parallelism }

// Timeout is how long one request may take, from its sending to the end of the answer.
func (c *Client) Timeout() time.Duration { return c.cfg.Timeout }

// CreateServer orders a server, which costs money, and returns it as it is right
// after: usually provisioning and without an address. Only 201 with a server
// that has an id is a success. The request is sent once; see Ambiguous.
func (c *Client) CreateServer(ctx context.Context, body CreateRequest) (Server, error) {
	r := request{method: http.MethodPost, path: serversPath, body: body, status: http.StatusCreated}
	return do(ctx, c, r, decodeServer)
}

// GetServer returns one server with the details that a list lacks. A server that
// does not exist is ErrNotFound; an answer about another server is an error.
func (c *Client) GetServer(ctx context.Context, id ID) (Server, error) {
	r, err := serverRequest(http.MethodGet, id, "")
	if err != nil {
		return Server{}, err
	}
	r.status = http.StatusOK
	s, err := do(ctx, c, r, decodeServer)
	if err == nil && s.ID != id {
		err = r.fail(fmt.Errorf("the answer is about another server, %q", s.ID))
	}
	if err != nil {
		return Server{}, err
	}
	return s, nil
}

// PutServer sets name, hostname and backups of a server, all three. The request is
// sent once; see Ambiguous.
func (c *Client) PutServer(ctx context.Context, id ID, body PutRequest) error {
	return c.change(ctx, http.MethodPut, id, body)
}

// PatchServer sets those of name, hostname and backups that body has. The request is
// sent once; see Ambiguous.
func (c *Client) PatchServer(ctx context.Context, id ID, body PatchRequest) error {
	return c.change(ctx, http.MethodPatch, id, body)
}

// DeleteServer deletes a server and its data for good. The request is sent once; see
// Ambiguous.
func (c *Client) DeleteServer(ctx context.Context, id ID) error {
	return c.change(ctx, http.MethodDelete, id, nil)
}

// change sends a request whose answer, if it has any, need only be JSON.
func (c *Client) change(ctx context.Context, method string, id ID, body any) error {
	r, err := serverRequest(method, id, "")
	if err != nil {
		return err
	}
	r.body = body
	_, err = do(ctx, c, r, decodeOptional[any])
	return err
}

// StartServer powers a stopped server on. It returns when the API has taken the
// request, not when the server is active. The request is sent once; see Ambiguous.
func (c *Client) StartServer(ctx context.Context, id ID) (PowerAnswer, error) {
	return c.power(ctx, id, "start/")
}

// StopServer shuts a running server down gracefully; it is billed all the same.
// It returns when the API has taken the request, not when the server has
// stopped. The request is sent once; see Ambiguous.
func (c *Client) StopServer(ctx context.Context, id ID) (PowerAnswer, error) {
	return c.power(ctx, id, "stop/")
}

// RebootServer restarts a running server gracefully. It returns when the API has
// taken the request. The request is sent once; see Ambiguous.
func (c *Client) RebootServer(ctx context.Context, id ID) (PowerAnswer, error) {
	return c.power(ctx, id, "reboot/")
}

// power calls one of a server's power endpoints. An empty answer is as good as
// the documented one and leaves PowerAnswer zero.
func (c *Client) power(ctx context.Context, id ID, action string) (PowerAnswer, error) {
	r, err := serverRequest(http.MethodPost, id, action)
	if err != nil {
		return PowerAnswer{}, err
	}
	return do(ctx, c, r, decodeOptional[PowerAnswer])
}

// serverRequest is a request to one server's endpoint. An id is opaque and escaped;
// one that would lead to another path is refused: an empty id is the list, and dots
// climb even when they are escaped.
func serverRequest(method string, id ID, action string) (request, error) {
	r := request{method: method, path: serversPath}
	switch id {
	case "":
		return r, &Error{Method: method, Path: r.path, NotSent: true, Err: errors.New("not sent: the server's id is empty")}
	case ".", "..":
		return r, &Error{Method: method, Path: r.path, NotSent: true, Err: fmt.Errorf("not sent: %q is no server's id", id)}
	}
	r.path += url.PathEscape(string(id)) + "/" + action
	return r, nil
}
