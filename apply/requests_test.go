package apply_test

import (
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// What is remembered costs no request where the API does not lag: so many a run sends.
func TestRequestsOfUsualRuns(t *testing.T) {
	inWorld(t, &emulator.Emulator{Provisioning: 30 * time.Second}, func(w *world) {
		disk, mark := &statetest.Disk{}, 0
		var got []int
		for _, entry := range []string{"plan: 1", "plan: 1", "plan: 1, hostname: '{name}.example.com', reboot_on: [hostname]", "plan: 1",
			"plan: 1, status: stopped", "plan: 1, status: active", "plan: 2, replace: delete-first", "plan: 1, replace: create-first", "absent: true", "absent: true"} {
			file := "guards: {max_deletes: 20}\ndefaults: {os: 5, location: us-west}\nservers: {'n[01:20]': {" + entry + "}}"
			w.wantComplete(w.apply(disk, file, apply.Approval{Bootstrap: true}))
			got = append(got, len(w.emulator.Ledger())-mark)
			mark += got[len(got)-1]
		}
		t.Logf("requests: %v", got)
		for i, most := range []int{40, 3, 44, 3, 24, 24, 81, 102, 44, 3} {
			if got[i] > most+2 { // which of two at one instant is first, chance says
				t.Errorf("run %d sent %d requests, more than %d", i+1, got[i], most)
			}
		}
	})
}
