package fleet

import (
	"regexp"
	"strings"
	"time"
)

// Probe is one way to find out whether a server is ready, or a group is healthy.
// Exactly one of its fields is set. Texts in it may hold placeholders, see Expand.
type Probe struct {
	TCP        int              `json:"tcp,omitempty"` // the port answers
	HTTP       *HTTPProbe       `json:"http,omitempty"`
	Command    *Command         `json:"command,omitempty"` // ends with 0
	Prometheus *PrometheusProbe `json:"prometheus,omitempty"`
}

// texts are those that may hold placeholders.
func (p Probe) texts() (texts []string) {
	if p.HTTP != nil {
		texts = append(texts, p.HTTP.URL)
	}
	if p.Prometheus != nil {
		texts = append(texts, p.Prometheus.URL, p.Prometheus.Query)
	}
	if p.Command != nil {
		texts = append(texts, p.Command.Argv...)
	}
	return texts
}

// HTTPProbe holds where a GET of a URL is answered with a status. The server's own
// address is dialled, whatever host the URL names; a gate, which is about no server,
// goes where the URL says.
type HTTPProbe struct {
	URL      string `json:"url"`
	Status   int    `json:"status"`
	Insecure bool   `json:"insecure,omitempty"` // the certificate is not verified
}

// PrometheusProbe holds where a query has the result that is expected.
type PrometheusProbe struct {
	URL    string `json:"url"` // of the Prometheus server
	Query  string `json:"query"`
	Expect Expect `json:"expect"`
}

// Expect is what the result of a query must be.
type Expect string

// The results that can be expected.
const (
	ExpectEmpty    Expect = "empty"
	ExpectNonEmpty Expect = "nonempty"
)

// Command is a program with its arguments, run without a shell.
type Command struct {
	Argv    []string `json:"argv"` // may hold placeholders, see Expand
	Timeout Duration `json:"timeout"`
	Dir     string   `json:"dir,omitempty"` // where it runs: the folder of its fleet file
}

// How long a command may take where the file does not say otherwise.
const (
	DefaultCommandTimeout = 2 * time.Minute  // drain and restore
	ProbeCommandTimeout   = 10 * time.Second // of a probe
)

// Placeholders are those that texts of probes and commands may hold; the last one
// is followed by the key of a label.
var Placeholders = []string{"name", "hostname", "ip", "id", "location", "label:"}

// placeholderForm is what looks like a placeholder. Other braces are text, as in the
// selectors of Prometheus.
var placeholderForm = regexp.MustCompile(`\{[A-Za-z][A-Za-z_-]*(:[A-Za-z0-9_-]*)?\}`)

// Expand replaces the placeholders in a text, such as {name} and {label:rack}, by
// what value says of them without their braces.
func Expand(text string, value func(placeholder string) string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return placeholderForm.ReplaceAllStringFunc(text, func(p string) string { return value(p[1 : len(p)-1]) })
}
