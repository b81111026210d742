package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"

	"github.com/vps-fleet/fleet/vpsorg"
)

// The files of a row: what is planned, and all pages of the list, one a line.
const (
	fleetFile = "fleet.yaml"
	pagesFile = "pages.json"
)

// onePage is how many servers a page of the list has.
const onePage = 100

// world is the account that a plan is made for.
type world struct {
	size   int
	listed bool // its servers are there; else there are none
	drift  int  // every so-manyth has another host name than the file says; 0: none
}

// pages are the bodies of its list, as the API writes them.
func (w world) pages() (bodies [][]byte) {
	if !w.listed {
		return [][]byte{[]byte(`{"count": 0, "results": []}`)}
	}
	for first := 0; first < w.size; first += onePage {
		var b bytes.Buffer
		next := "null"
		if first+onePage < w.size {
			next = fmt.Sprintf(`"/api/v1/servers/?page=%d&page_size=%d"`, first/onePage+2, onePage)
		}
		fmt.Fprintf(&b, `{"count": %d, "next": %s, "results": [`, w.size, next)
		for i := first; i < min(first+onePage, w.size); i++ {
			if i > first {
				b.WriteString(", ")
			}
			b.Write(w.server(i))
		}
		b.WriteString("]}")
		bodies = append(bodies, b.Bytes())
	}
	return bodies
}

func (w world) server(i int) []byte {
	hostname, address := fmt.Sprintf("web-%06d.example.com", i), fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
	if w.drift > 0 && i%w.drift == 0 {
		hostname = "old-" + hostname
	}
	data, err := json.Marshal(vpsorg.Server{
		ID: vpsorg.ID(strconv.Itoa(12345 + i)), Name: fmt.Sprintf("web-%06d", i), Hostname: &hostname,
		Status: vpsorg.StatusActive, IPAddress: &address, Location: "us-west",
		Plan: vpsorg.ServerPlan{ID: "1", Name: "Standard VPS", VCPUs: 2, Memory: 4096, Storage: 80},
		OS:   vpsorg.OS{ID: "5", Name: "Ubuntu 22.04 LTS"}, CreatedAt: "2025-01-10T14:30:00Z", UpdatedAt: "2025-01-15T10:20:00Z",
	})
	if err != nil {
		panic(err) // it is text and numbers
	}
	return data
}

// serve writes the files of a row into a folder, then answers the list from memory
// until nobody holds its stdin open any more. It prints the address of the API.
func (t task) serve(dir string) error {
	bodies := t.world.pages()
	if err := os.WriteFile(filepath.Join(dir, fleetFile), t.file(), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, pagesFile), bytes.Join(bodies, []byte("\n")), 0o600); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/servers/{$}", func(out http.ResponseWriter, r *http.Request) {
		page, err := strconv.Atoi(r.FormValue("page"))
		if err != nil {
			page = 1
		}
		if page < 1 || page > len(bodies) {
			http.NotFound(out, r)
			return
		}
		out.Header().Set("Content-Type", "application/json")
		_, _ = out.Write(bodies[page-1]) // a client that is gone needs no answer
	})
	api := httptest.NewServer(mux)
	defer api.Close()
	fmt.Println(api.URL + "/api/v1")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// file is the fleet file of all servers.
func (t task) file() []byte {
	var b bytes.Buffer
	b.WriteString("version: 1\nservers:\n")
	const fields = "    plan: 1\n    os: 5\n    location: us-west\n    ssh_key: 42\n    status: active\n"
	if !t.single {
		fmt.Fprintf(&b, "  web-[000000:%06d]:\n%s    hostname: \"{name}.example.com\"\n", t.size-1, fields)
		return b.Bytes()
	}
	for i := range t.size {
		fmt.Fprintf(&b, "  web-%06d:\n%s    hostname: web-%06d.example.com\n", i, fields, i)
	}
	return b.Bytes()
}
