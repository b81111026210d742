package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/vps-fleet/fleet/vpsorg"
)

// growthCase is a plan over servers of which a part is as the fleet file says.
type growthCase struct {
	name   string
	single bool // an entry for each server, not one range
	live   bool // the servers exist
	drift  int  // every drift-th has another host name than the file says; 0: none
}

var growthCases = []growthCase{
	{name: "no changes, a range", live: true},
	{name: "no changes, single entries", live: true, single: true},
	{name: "a tenth differs, a range", live: true, drift: 10},
	{name: "a tenth differs, single entries", live: true, drift: 10, single: true},
	{name: "all to create, single entries", single: true},
}

// growth measures each case for each number of servers and writes a row for each.
// Growth is the exponent of the size that the CPU grew by since the row above.
func (b bench) growth(sizes ...int) error {
	fmt.Fprint(b.out, "| plan | servers | wall | CPU | reading alone | ratio | memory | a server | growth |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range growthCases {
		var before float64
		for i, n := range sizes {
			used, alone, err := b.plan(c, n)
			if err != nil {
				return fmt.Errorf("%s of %d: %w", c.name, n, err)
			}
			growth, cpu := "", used.cpu.Seconds()
			if i > 0 {
				growth = fmt.Sprintf("%.2f", math.Log(cpu/before)/math.Log(float64(n)/float64(sizes[i-1])))
			}
			fmt.Fprintf(b.out, "| %s | %d | %.2f s | %.2f s | %.2f s | %.2f | %d MB | %.1f KB | %s |\n", c.name, n, used.wall.Seconds(),
				cpu, alone.cpu.Seconds(), cpu/alone.cpu.Seconds(), used.memory>>20, float64(used.memory)/1e3/float64(n), growth)
			before = cpu
		}
	}
	return nil
}

// plan measures a plan over n servers, and the reading alone of the same bytes.
func (b bench) plan(c growthCase, n int) (used, alone usage, err error) {
	bodies := c.pages(n)
	file, err := b.write("fleet.yaml", c.file(n))
	if err != nil {
		return used, alone, err
	}
	list, err := b.write("pages.json", bytes.Join(bodies, nil))
	if err != nil {
		return used, alone, err
	}
	api := http.NewServeMux() // it knows no account and no plans, so that only the list counts
	api.HandleFunc("GET /api/v1/servers/{$}", func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.FormValue("page")) // none is the first
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bodies[max(page, 1)-1]) // a client that is gone needs no answer
	})
	if used, err = b.best(api, b.fleet, "plan", "-f", file); err != nil {
		return used, alone, err
	}
	alone, err = b.best(api, b.self, "read", file, list)
	return used, alone, err
}

// pages are the pages of the list of n servers, as the API writes them.
func (c growthCase) pages(n int) (bodies [][]byte) {
	if !c.live {
		n = 0
	}
	for first := 0; first < n || len(bodies) == 0; first += vpsorg.PageSize {
		end, next := min(first+vpsorg.PageSize, n), "null"
		if end < n {
			next = fmt.Sprintf(`"/api/v1/servers/?page=%d&page_size=%d"`, first/vpsorg.PageSize+2, vpsorg.PageSize)
		}
		servers := make([]vpsorg.Server, 0, vpsorg.PageSize)
		for i := first; i < end; i++ {
			servers = append(servers, c.server(i))
		}
		results, err := json.Marshal(servers)
		if err != nil {
			panic(err) // it is text and numbers
		}
		bodies = append(bodies, fmt.Appendf(nil, `{"count": %d, "next": %s, "results": %s}`, n, next, results))
	}
	return bodies
}

func (c growthCase) server(i int) vpsorg.Server {
	hostname, address := fmt.Sprintf("web-%06d.example.com", i), fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
	if c.drift > 0 && i%c.drift == 0 {
		hostname = "old-" + hostname
	}
	return vpsorg.Server{
		ID: vpsorg.ID(strconv.Itoa(12345 + i)), Name: fmt.Sprintf("web-%06d", i), Hostname: &hostname,
		Status: vpsorg.StatusActive, IPAddress: &address, Location: "us-west",
		Plan: vpsorg.ServerPlan{ID: "1", Name: "Standard VPS", VCPUs: 2, Memory: 4096, Storage: 80},
		OS:   vpsorg.OS{ID: "5", Name: "Ubuntu 22.04 LTS"}, CreatedAt: "2025-01-10T14:30:00Z", UpdatedAt: "2025-01-15T10:20:00Z",
	}
}

// file is the fleet file of n servers.
func (c growthCase) file(n int) []byte {
	const fields = "    plan: 1\n    os: 5\n    location: us-west\n    ssh_key: 42\n    status: active\n"
	text := []byte("version: 1\nservers:\n")
	if !c.single {
		return fmt.Appendf(text, "  web-[000000:%06d]:\n%s    hostname: \"{name}.example.com\"\n", n-1, fields)
	}
	for i := range n {
		text = fmt.Appendf(text, "  web-%06d:\n%s    hostname: web-%06d.example.com\n", i, fields, i)
	}
	return text
}

// readAlone reads a fleet file and the pages of a list as any program has to that
// wants to know what they say, and does nothing with it. The file is read to a tree:
// to read it to a map, yaml.v3 compares each key with every other.
func readAlone(file, list string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return err
	}
	in, err := os.Open(list)
	if err != nil {
		return err
	}
	defer in.Close()
	for dec := json.NewDecoder(in); dec.More(); {
		var page struct{ Results []server }
		if err := dec.Decode(&page); err != nil {
			return err
		}
	}
	return nil
}

// server is what a plan needs to know of a server.
type server struct {
	ID                               int
	Name, Hostname, Status, Location string
	Plan, OS                         struct {
		ID   int
		Name string
	}
}
