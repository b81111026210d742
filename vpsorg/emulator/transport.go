package emulator

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"syscall"
)

// Transport reaches the emulator in process, whatever host the request names. A
// request is done when RoundTrip returns; it uses no socket and no goroutine and
// ends with its context. Like a real transport it tells an httptrace when there
// is a connection and when the request is written, so that a client can tell a
// request that never left from one that may have arrived.
func (e *Emulator) Transport() http.RoundTripper { return transport{e} }

type transport struct{ e *Emulator }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	fault := t.e.fault(r.Clone(ctx), body)
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		trace = &httptrace.ClientTrace{}
	}
	if trace.GetConn != nil {
		trace.GetConn(r.URL.Host)
	}
	if fault.Stage == Unsent {
		if err := wait(ctx, fault.Delay); err != nil {
			return nil, err
		}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	sent(trace)
	reply, err := t.e.serve(ctx, newCall(r, body), fault)
	if err == errDropped {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	if err != nil {
		return nil, err
	}
	if trace.GotFirstResponseByte != nil {
		trace.GotFirstResponseByte()
	}
	return reply.response(r), nil
}

// sent tells a trace that the request has left on a new connection.
func sent(trace *httptrace.ClientTrace) {
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	if trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	if trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
}

// readBody takes a request's body, and closes it whatever happens.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

func (r reply) response(to *http.Request) *http.Response {
	length := int64(len(r.body))
	if r.cut {
		length = -1 // longer, by the part that never comes
	}
	return &http.Response{
		Status: strconv.Itoa(r.status) + " " + http.StatusText(r.status), StatusCode: r.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.header, ContentLength: length, Request: to,
		Body: &responseBody{to.Context(), bytes.NewReader(r.body), r.cut},
	}
}

// responseBody is a body that ends with its request's context, or too soon.
type responseBody struct {
	ctx  context.Context
	rest *bytes.Reader
	cut  bool
}

func (b *responseBody) Read(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, context.Cause(b.ctx)
	}
	n, err := b.rest.Read(p)
	if err == io.EOF && b.cut {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *responseBody) Close() error { return nil }
