package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

const maxResult = 1 << 20 // bytes of a query's answer

// queryAnswer is what Prometheus answers to a query.
type queryAnswer struct {
	Status   string   `json:"status"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
	Data     struct {
		Type   string            `json:"resultType"`
		Result []json.RawMessage `json:"result"`
	} `json:"data"`
}

// askPrometheus holds if a query's result is as it is expected to be. An answer with
// warnings is not complete, so it is none.
func askPrometheus(ctx context.Context, p fleet.PrometheusProbe, t apply.Target) error {
	base, err := expand(p.URL, t, url.PathEscape)
	if err != nil {
		return err
	}
	query, err := expand(p.Query, t, asIs)
	if err != nil {
		return err
	}
	page := strings.TrimRight(base, "/") + "/api/v1/query?" + url.Values{"query": {query}}.Encode()
	answer, err := get(ctx, page, &http.Transport{Proxy: http.ProxyFromEnvironment}, http.StatusOK)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxResult+1))
	if err != nil {
		return err
	}
	var a queryAnswer
	parsed := json.Unmarshal(data, &a)
	switch {
	case parsed == nil && a.Error != "":
		return fmt.Errorf("prometheus: %q", cut(a.Error))
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("prometheus: http %d", answer.StatusCode)
	case len(data) > maxResult:
		return fmt.Errorf("prometheus: the answer is longer than %d bytes", maxResult)
	case parsed != nil || a.Status != "success":
		return errors.New("prometheus: the answer is not one to a query")
	}
	return judge(a, p.Expect)
}

// judge holds the result of a query against what is expected.
func judge(a queryAnswer, want fleet.Expect) error {
	switch empty := len(a.Data.Result) == 0; {
	case len(a.Warnings) > 0:
		return fmt.Errorf("prometheus warns: %q", cut(a.Warnings[0]))
	case a.Data.Type != "vector" && a.Data.Type != "matrix":
		return fmt.Errorf("prometheus: the result is a %q, which has no series", cut(a.Data.Type))
	case empty && want == fleet.ExpectNonEmpty:
		return errors.New("the query's result is empty")
	case !empty && want == fleet.ExpectEmpty:
		return fmt.Errorf("the query's result has %d series", len(a.Data.Result))
	}
	return nil
}
