package render

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
)

// twoLocks are a lease and a lock of the system.
func twoLocks() []state.Lock {
	since := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	return []state.Lock{
		{Key: apply.Key{Endpoint: "https://api.example.com/api/v1", Account: "ann@example.com"}, Age: 61 * time.Second, Epoch: 17, Left: 90 * time.Second,
			Holder: apply.Holder{PID: 4711, Host: "ci-3\x1b", Command: "fleet apply", Since: since}},
		{Key: apply.Key{Endpoint: "https://api.example.com/api/v1"}, Age: time.Second, Holder: apply.Holder{PID: 12, Host: "laptop", Command: "fleet apply -f a.yaml", Since: since}},
	}
}

func TestLocks(t *testing.T) {
	const want = `ACCOUNT          HOST      PROCESS  FOR   EPOCH  ENDS IN  COMMAND                ENDPOINT
ann@example.com  ci-3\x1b  4711     1m1s  17     1m30s    fleet apply            https://api.example.com/api/v1
(unknown)        laptop    12       1s    -      -        fleet apply -f a.yaml  https://api.example.com/api/v1
`
	if diff := cmp.Diff(want, Locks(twoLocks())); diff != "" {
		t.Errorf("locks (-want +got):\n%s", diff)
	}
}

// The document is what its schema says.
func TestLocksSchema(t *testing.T) {
	var document, empty bytes.Buffer
	if err := LocksJSON(&document, twoLocks()); err != nil {
		t.Fatal(err)
	}
	if err := LocksJSON(&empty, nil); err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{document.Bytes(), empty.Bytes()} {
		if err := conforms(t, schema(t, "lock"), data); err != nil {
			t.Errorf("%v in\n%s", err, data)
		}
	}
	fieldsExist(t, "lock", document.String())
}
