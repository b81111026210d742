package fleet

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
)

// A fleet keeps what its files say, not the YAML that says it: that takes several
// times as much memory.
func TestFleetLetsItsYAMLGo(t *testing.T) {
	const servers, most = 2000, 2000 // bytes a server
	var text bytes.Buffer
	text.WriteString("version: 1\nservers:\n")
	for i := range servers {
		fmt.Fprintf(&text, "  web-%d: { plan: 1, os: 5, location: us-west, ssh_key: 42, status: active, hostname: web-%d.example.com }\n", i, i)
	}
	before := inUse()
	f, err := Parse(Text{"fleet.yaml", text.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	if kept := (inUse() - before) / int64(len(f.Servers)); kept > most {
		t.Errorf("a fleet keeps %d bytes a server, want %d at most", kept, most)
	}
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
