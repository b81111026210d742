package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

const (
	maxBody    = 64 << 10 // of a page; more is not read
	maxHeader  = 64 << 10
	maxFollows = 5 // redirects
)

var errNoAddress = errors.New("no address yet")

// address is where a server's port is reached.
func address(t apply.Target, port string) (string, error) {
	if t.IP == "" {
		return "", errNoAddress
	}
	ip, err := netip.ParseAddr(t.IP)
	if err != nil {
		return "", fmt.Errorf("%q is no address", cut(t.IP))
	}
	return net.JoinHostPort(ip.String(), port), nil
}

// askTCP holds if a port is connected to.
func askTCP(ctx context.Context, port int, t apply.Target) error {
	addr, err := address(t, strconv.Itoa(port))
	if err != nil {
		return err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// askHTTP holds if a page comes with the status. Every connection goes to the server's
// own address, is a new one, and takes no proxy: another server's answer is of no use.
// A gate is about no server, and goes where its URL says.
func askHTTP(ctx context.Context, p fleet.HTTPProbe, t apply.Target) error {
	page, err := expand(p.URL, t, url.PathEscape)
	if err != nil {
		return err
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: p.Insecure}}
	if t.Name == "" {
		tr.Proxy = http.ProxyFromEnvironment
	} else {
		tr.DialContext = dialler(t)
	}
	answer, err := get(ctx, page, tr, p.Status)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != p.Status {
		return fmt.Errorf("http %d", answer.StatusCode)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, maxBody))
	return err
}

// dialler dials a server's own address, whatever is to be dialled, at that one's port.
func dialler(t apply.Target) func(ctx context.Context, network, named string) (net.Conn, error) {
	return func(ctx context.Context, network, named string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(named)
		if err != nil {
			return nil, err
		}
		addr, err := address(t, port)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}

// get asks for a page by a connection of its own. It follows redirects within a host,
// but not one that has the status that is wanted.
func get(ctx context.Context, page string, tr *http.Transport, wanted int) (*http.Response, error) {
	tr.DisableKeepAlives, tr.MaxResponseHeaderBytes = true, maxHeader
	client := http.Client{Transport: tr, CheckRedirect: func(next *http.Request, before []*http.Request) error {
		last := before[len(before)-1].URL
		within := next.URL.Hostname() == last.Hostname() && (next.URL.Scheme == "https" || last.Scheme == "http")
		if next.Response.StatusCode == wanted || !within || len(before) > maxFollows {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	ask.Header.Set("User-Agent", "fleet-probe")
	return client.Do(ask)
}

// inWords makes an error of the network short: what went wrong, without what was asked,
// and why the time was up where it was.
func inWords(ctx context.Context, err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	var number syscall.Errno
	var operation *net.OpError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection closed early")
	case errors.As(err, &number):
		return number
	case errors.As(err, &operation):
		err = operation.Err
	}
	return errors.New(cut(err.Error()))
}
