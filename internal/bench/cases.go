package main

import (
	"fmt"
	"strconv"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// atOnce is how many requests are under way together, fleet's default.
const atOnce = 10

// benchCase is one run of fleet over servers that are all alike.
type benchCase struct {
	name    string
	command string // of fleet
	flags   []string
	entry   string // of each server in the fleet file
	servers int
	live    bool      // whether they are there before
	each    []request // what each of them needs; an asterisk stands for its id, a $ for its name
}

// request is one request that the bare loop sends.
type request struct{ Method, Path, Body string }

// cases are all runs over n servers, and plans over many.
func cases(n, many int) []benchCase {
	approve := []string{"--auto-approve", "--bootstrap"}
	detail := []request{{"GET", "/servers/*/", ""}}
	plan := func(n int, name, entry string, each []request) benchCase {
		return benchCase{fmt.Sprintf("plan %d, %s", n, name), "plan", nil, entry, n, true, each}
	}
	apply := func(name, entry string, live bool, each ...request) benchCase {
		return benchCase{fmt.Sprintf("%s %d", name, n), "apply", approve, entry, n, live, each}
	}
	return []benchCase{
		plan(n, "list alone", "{plan: 1}", nil),
		plan(n, "with details", "{backups_enabled: false}", detail),
		plan(many, "list alone", "{plan: 1}", nil),
		plan(many, "with details", "{backups_enabled: false}", detail),
		apply("create", "{plan: 1, os: 5, location: us-west}", false,
			request{"POST", "/servers/", `{"name": "$", "plan_id": 1, "os_id": 5, "location": "us-west"}`}),
		apply("drift of", `{hostname: "{name}.example.org"}`, true, request{"PATCH", "/servers/*/", `{"hostname": "$.example.org"}`}),
		apply("delete", "{absent: true}", true, request{"GET", "/servers/*/", ""}, request{"DELETE", "/servers/*/", ""}),
	}
}

func (c benchCase) file() string {
	return fmt.Sprintf("version: 1\nguards: {max_deletes: \"100%%\"}\nservers:\n  bench-[1:%d]: %s\n", c.servers, c.entry)
}

func serverName(i int) string  { return fmt.Sprintf("bench-%d", i+1) }
func serverID(i int) vpsorg.ID { return vpsorg.ID(strconv.Itoa(i + 1)) }

// world is the account that the case begins with. New servers are there at once:
// what they would take is no matter of fleet's.
func (c benchCase) world() *emulator.Emulator {
	e := &emulator.Emulator{Provisioning: -1, Transition: -1}
	for i := range c.servers {
		if c.live {
			e.Add(vpsorg.Server{ID: serverID(i), Name: serverName(i), Location: "us-west", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
		}
	}
	return e
}
