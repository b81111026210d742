package vpsorg

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// Bounds of what is read from the API, in bytes.
const (
	maxHeader    = 64 << 10
	maxBody      = 1 << 20
	maxListBody  = 128 << 20
	maxErrorBody = 64 << 10
	headSize     = 64 // that tell of what kind an answer is
)

// NewTransport returns the transport that a Client uses when Config names none:
// HTTP/1.1 only, because HTTP/2 may send a request a second time by itself,
// certificates always verified, proxies from the environment, connections enough
// for a hundred workers. Idle connections are closed early, so that a change is
// rarely sent on one that the other side is about to close.
func NewTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    100,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
		Protocols:              protocols,
	}
}

// sending watches whether a request got a connection to leave on.
type sending struct{ asked, got atomic.Bool }

func (s *sending) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.got.Store(true) },
	})
}

// never reports that the request certainly did not leave: a connection was asked
// for and none was had. A transport without traces leaves the question open.
func (s *sending) never() bool { return s.asked.Load() && !s.got.Load() }

var errTooLarge = errors.New("it is larger than any answer of the API should be")

// boundedBody reads at most left bytes and then fails, and keeps the error of a
// connection that broke, which a decoder might report as something else.
type boundedBody struct {
	r      io.Reader
	left   int64
	broken error
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left+1 { // one more than allowed tells too large from just fitting
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	if err != nil && err != io.EOF {
		b.broken = err
	}
	return n, err
}
