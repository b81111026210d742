package vpsorg

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const maxMessage = 300 // runes of Error.Message

// refusal is the error of an answer whose status, or whose being a web page,
// makes it no success.
func (c *Client) refusal(r request, resp *http.Response, answer io.Reader) *Error {
	// A body that breaks off still says what it said; the status is known.
	body, _ := io.ReadAll(io.LimitReader(answer, maxErrorBody))
	e := r.fail(nil)
	e.Status, e.tokenSource = resp.StatusCode, c.cfg.TokenSource
	e.page = isHTML(body)
	e.Message = c.tidy(message(body))
	switch {
	case resp.StatusCode/100 == 3:
		e.Message = c.tidy(fmt.Sprintf("a redirect to %q, not followed", resp.Header.Get("Location")))
	case resp.StatusCode/100 == 2 && r.status != 0 && resp.StatusCode != r.status:
		e.Err = fmt.Errorf("the answer should have been %d %s", r.status, http.StatusText(r.status))
	case resp.StatusCode/100 == 2:
		e.notJSON = true
		e.Err = errors.New("the answer should have been JSON")
	}
	e.RetryAfter = retryAfter(resp, time.Now())
	return e
}

// message finds what an error body of any form says.
func message(body []byte) string {
	if isHTML(body) {
		if m := htmlTitle.FindSubmatch(body); m != nil && len(bytes.TrimSpace(m[1])) > 0 {
			return fmt.Sprintf("an HTML page titled %q", oneLine(html.UnescapeString(string(m[1]))))
		}
		return "an HTML page"
	}
	if v, err := decodeJSON[any](bytes.NewReader(body)); err == nil {
		return said(v)
	}
	return string(body)
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// isHTML judges by the first character, not by the header: web frameworks call
// everything text/html that nobody gave a type, empty answers too.
func isHTML(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// isJSON reports whether an answer may be JSON of some use: an object, a list, or
// null, which is no good answer but one of the API's.
func isJSON(body []byte) bool {
	body = bytes.TrimSpace(body)
	return bytes.HasPrefix(body, []byte("{")) || bytes.HasPrefix(body, []byte("[")) || bytes.HasPrefix(body, []byte("null"))
}

// envelope are the keys that hold a message rather than name a field of the request.
var envelope = []string{"detail", "message", "error", "errors", "non_field_errors"}

// said turns a JSON error body into text: the message where there is one, else
// every field with what is wrong with it.
func said(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, said(item))
		}
		return sentence(parts, ", ")
	case map[string]any:
		return saidByFields(v)
	}
	if number, ok := v.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func saidByFields(fields map[string]any) string {
	var lead, rest []string
	for _, key := range envelope {
		lead = append(lead, said(fields[key]))
	}
	hasMessage := sentence(lead[:3], "") != ""
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		text := said(fields[key])
		if text != "" && !slices.Contains(envelope, key) && !hasMessage {
			rest = append(rest, key+": "+text)
		}
	}
	return sentence(append(lead, rest...), "; ")
}

// sentence joins what is not empty and not a repetition of what came before it.
func sentence(parts []string, separator string) string {
	var kept []string
	for _, part := range parts {
		if part != "" && !slices.Contains(kept, part) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// tidy makes text of the API fit for an error: one line, no token, bounded.
func (c *Client) tidy(text string) string {
	runes := []rune(c.redact(oneLine(text)))
	if len(runes) > maxMessage {
		runes = append(runes[:maxMessage-1], '…')
	}
	return string(runes)
}

// redact takes the token out of text, in case the other side repeats it.
func (c *Client) redact(text string) string {
	return strings.ReplaceAll(text, c.cfg.Token, "[token]")
}

// oneLine puts single spaces for white space and drops what a terminal would
// obey or not show: control and format characters.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) {
			return -1
		}
		return r
	}, text)
}
