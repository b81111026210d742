package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain is the bare loop, where it is run as that.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "loop" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestTable measures every case with a few servers.
func TestTable(t *testing.T) {
	dir := t.TempDir()
	fleet, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	const n = 12
	var out strings.Builder
	s := setup{fleet: fleet, bare: []string{os.Args[0], "loop"}, dir: dir, latency: 2 * time.Millisecond}
	if err := table(&out, s, cases(n, 2*n)); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")[2:]
	want := []int{3, 3 + n, 3, 3 + 2*n, 3 + n, 3 + n, 3 + 2*n}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d:\n%s", len(rows), len(want), &out)
	}
	for i, row := range rows {
		cells := regexp.MustCompile(` *\| *`).Split(row, -1)
		fleets, _ := strconv.Atoi(cells[7])
		bare, _ := strconv.Atoi(cells[12])
		if bare != want[i] || fleets < want[i] {
			t.Errorf("fleet took %d requests and the bare loop %d, of which %d are needed:\n%s", fleets, bare, want[i], row)
		}
		if bound, _ := strconv.ParseFloat(cells[4], 64); bound < 1 {
			t.Errorf("fleet is under its bound:\n%s", row)
		}
	}
}
