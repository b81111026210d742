package binary_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A fleet file that is not written anew whole is as it was, byte for byte, and
// nothing else is left: on a full disk, after an interrupt, and where somebody else
// has changed it meanwhile.
func TestImportLeavesTheFile(t *testing.T) {
	const before = "# by hand\r\nversion: 1\r\nservers: {}"
	theirs := strings.Replace(before, "by hand", "by others", 1)
	for _, test := range []struct {
		name   string
		limit  string
		during func(w *world, p *process) // while the list is being read
		code   int
		told   string
		after  string
	}{
		{"no room at all", full(0), nil, 1, "cannot save the fleet file in fleet.yaml: file too large", before},
		{"no room for all of it", full(2), nil, 1, "cannot save the fleet file in fleet.yaml: file too large", before},
		{"interrupted", ":", func(_ *world, p *process) { p.signal(syscall.SIGINT); <-p.ended }, 130, "error: interrupted", before},
		{"changed meanwhile", ":", func(w *world, _ *process) { w.write("fleet.yaml", theirs) }, 1, "fleet.yaml has changed since it was read, and was not written", theirs},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, &emulator.Emulator{}, before)
			for i := range 40 {
				w.add(fmt.Sprintf("Box %c%d", 'a'+i%7, i*i))
			}
			begun := make(chan *process, 1)
			var once sync.Once
			w.onRequest(func(*http.Request) {
				once.Do(func() {
					if p := <-begun; test.during != nil {
						test.during(w, p)
					}
				})
			})
			p := w.start(limited(test.limit), "import", "--write")
			begun <- p
			p.wait().want(t, test.code, test.told)
			if now, err := os.ReadFile(filepath.Join(w.dir, "fleet.yaml")); err != nil || string(now) != test.after {
				t.Errorf("%v, the file is now %q", err, now)
			}
			if left := w.files(); len(left) > 0 {
				t.Errorf("files are left: %q", left)
			}
			w.run("import", "--write").want(t, 0, "40 servers in 40 entries.")
			w.wantIdle()
			w.run("import", "--write").want(t, 0, "Nothing to import")
			w.wantUntouched()
		})
	}
}
