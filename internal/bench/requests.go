package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// request is one request that the bare loop sends.
type request struct{ Method, Path, Body string }

// atOnce is how many requests are under way together, fleet's default.
const atOnce = 10

// requestCase is one run of fleet over servers that are all alike.
type requestCase struct {
	name    string
	command []string // of fleet
	entry   string   // of each server in the fleet file
	servers int
	live    bool      // whether they exist before
	each    []request // what each of them needs; * stands for its id, $ for its name
}

// requestCases are runs over n servers, and plans over many.
func requestCases(n, many int) []requestCase {
	apply := []string{"apply", "--auto-approve", "--bootstrap"}
	detail, remove := request{"GET", "/servers/*/", ""}, request{"DELETE", "/servers/*/", ""}
	create := request{"POST", "/servers/", `{"name": "$", "plan_id": 1, "os_id": 5, "location": "us-west"}`}
	plan := func(n int, name, entry string, each ...request) requestCase {
		return requestCase{fmt.Sprintf("plan %d, %s", n, name), []string{"plan"}, entry, n, true, each}
	}
	return []requestCase{
		plan(n, "list alone", "{plan: 1}"),
		plan(n, "with details", "{backups_enabled: false}", detail),
		plan(many, "list alone", "{plan: 1}"),
		plan(many, "with details", "{backups_enabled: false}", detail),
		{fmt.Sprintf("create %d", n), apply, "{plan: 1, os: 5, location: us-west}", n, false, []request{create}},
		{fmt.Sprintf("drift of %d", n), apply, `{hostname: "{name}.example.org"}`, n, true, []request{{"PATCH", "/servers/*/", `{"hostname": "$.example.org"}`}}},
		{fmt.Sprintf("delete %d", n), apply, "{absent: true}", n, true, []request{detail, remove}},
	}
}

// requests measures the cases, fleet and the bare loop in turn, with an API that
// answers after the latency, and writes a row for each. The bound is the time of the
// requests that nobody could do without, ten at a time.
func (b bench) requests(latency time.Duration, cases []requestCase) error {
	fmt.Fprintln(b.out, "| case | bound | fleet | x-bound | CPU | memory | requests | bare loop | x-bound | CPU | memory | requests |")
	fmt.Fprintln(b.out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, c := range cases {
		file, err := b.write("fleet.yaml", fmt.Appendf(nil, "version: 1\nguards: {max_deletes: \"100%%\"}\nservers: {\"bench-[1:%d]\": %s}\n", c.servers, c.entry))
		if err != nil {
			return err
		}
		needed := c.needed()
		stdin, err := json.Marshal(needed)
		if err != nil {
			return err
		}
		bound := time.Duration((len(needed)+atOnce-1)/atOnce) * latency
		fmt.Fprintf(b.out, "| %s | %.2f s |", c.name, bound.Seconds())
		for _, args := range [][]string{append([]string{b.fleet, c.command[0], "-f", file}, c.command[1:]...), {b.self, "loop"}} {
			api := c.api(latency)
			u, err := b.measure(api, stdin, args...)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			fmt.Fprintf(b.out, " %.2f s | %.2f | %.2f s | %d MB | %d |", u.wall.Seconds(), float64(u.wall)/float64(bound),
				u.cpu.Seconds(), u.memory>>20, len(api.Ledger()))
		}
		fmt.Fprintln(b.out)
	}
	return nil
}

// needed are the requests that nobody could do without: whose account it is, what it
// can buy, which servers exist, and what each server needs. Those of one server are
// far apart, as the second needs the first to be answered.
func (c requestCase) needed() []request {
	all := []request{{"GET", "/account/me/", ""}, {"GET", "/plans/", ""}, {"GET", "/servers/", ""}}
	for _, r := range c.each {
		for i := 1; i <= c.servers; i++ {
			path, body := strings.ReplaceAll(r.Path, "*", strconv.Itoa(i)), strings.ReplaceAll(r.Body, "$", fmt.Sprintf("bench-%d", i))
			all = append(all, request{r.Method, path, body})
		}
	}
	return all
}

// api is the account that the case begins with. New servers are ready at once.
func (c requestCase) api(latency time.Duration) *emulator.Emulator {
	e := &emulator.Emulator{Provisioning: -1, Transition: -1}
	for i := 1; c.live && i <= c.servers; i++ {
		e.Add(vpsorg.Server{ID: vpsorg.ID(strconv.Itoa(i)), Name: fmt.Sprintf("bench-%d", i), Location: "us-west",
			Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
	}
	e.Fault = func(*http.Request) *emulator.Fault {
		return &emulator.Fault{Stage: emulator.Committed, Delay: latency}
	}
	return e
}

// bareLoop sends the requests that it reads, and does nothing with the answers but
// see that they are good.
func bareLoop(in io.Reader, url, token string) error {
	var requests []request
	if err := json.NewDecoder(in).Decode(&requests); err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, r := range requests {
		group.Go(func() error { return r.send(client, url, token) })
	}
	return group.Wait()
}

func (r request) send(client *http.Client, url, token string) error {
	req, err := http.NewRequest(r.Method, url+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", r.Method, r.Path, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
