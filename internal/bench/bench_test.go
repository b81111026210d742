package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/location"
	"github.com/vps-fleet/fleet/internal/state/servertest"
)

// TestMain is what stands beside fleet, where it is run as that.
func TestMain(m *testing.M) {
	servertest.ServeBucket()
	if len(os.Args) > 1 && (os.Args[1] == "loop" || os.Args[1] == "read") {
		main()
		return
	}
	os.Exit(m.Run())
}

// rows are the cells of a table below its head.
func rows(t *testing.T, table string, n int) (cells [][]string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(table), "\n")[2:]
	if len(lines) != n {
		t.Fatalf("%d rows, want %d:\n%s", len(lines), n, table)
	}
	for _, l := range lines {
		cells = append(cells, regexp.MustCompile(` *\| *`).Split(l, -1))
	}
	return cells
}

// Every case sends what is needed, and fleet is not under its bound.
func TestRequests(t *testing.T) {
	var out strings.Builder
	b, err := newBench(&out, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const n = 12
	if err := b.requests(2*time.Millisecond, requestCases(n, 2*n)); err != nil {
		t.Fatal(err)
	}
	want := []int{3, 3 + n, 3, 3 + 2*n, 3 + n, 3 + n, 3 + 2*n}
	for i, cells := range rows(t, out.String(), len(want)) {
		fleets, _ := strconv.Atoi(cells[7])
		bare, _ := strconv.Atoi(cells[12])
		if bare != want[i] || fleets < want[i] {
			t.Errorf("fleet took %d requests and the bare loop %d, of which %d are needed: %q", fleets, bare, want[i], cells)
		}
		if bound, _ := strconv.ParseFloat(cells[4], 64); bound < 1 {
			t.Errorf("fleet is under its bound: %q", cells)
		}
	}
}

// A store has its row beside the folder's, and both have made all servers.
func TestStates(t *testing.T) {
	var out strings.Builder
	b, err := newBench(&out, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	url := servertest.NewBucket(t).URL("bench")
	store, err := location.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := state.InBackend(store).Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.states(time.Millisecond, 12, []string{url}); err != nil {
		t.Fatal(err)
	}
	if cells := rows(t, out.String(), 2); cells[0][3] != "1.00" || !strings.HasPrefix(cells[1][1], "s3://") {
		t.Errorf("the rows are %q", cells)
	}
}

func TestGrowth(t *testing.T) {
	var out strings.Builder
	b, err := newBench(&out, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.growth(50, 250); err != nil {
		t.Fatal(err)
	}
	rows(t, out.String(), 2*len(growthCases))
}
