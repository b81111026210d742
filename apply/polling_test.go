package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/race"
)

// TestPolling holds how late an apply ends, and how often it polls, whose servers take
// their time: few and many of them, that take as long as each other or not, longer than
// is documented, or one for ever. With -v it prints a table in Markdown.
//
// Where nothing is known of a kind, its oldest is polled whenever it is a tenth older,
// so that an apply of few servers may end a tenth late, and in one more poll.
func TestPolling(t *testing.T) {
	s := setting{latency: 200 * time.Millisecond, parallelism: 10}
	fixed, slow := provisioning{3 * time.Minute, 3 * time.Minute}, provisioning{10 * time.Minute, 10 * time.Minute}
	columns := []setting{{provisions: fixed}, {provisions: documented}, {provisions: slow}, {provisions: documented, lost: true}}
	table := &strings.Builder{}
	table.WriteString("| | lists | 3 min | 2–5 min | 10 min | one never |\n|---|---|--:|--:|--:|--:|\n")
	rows := []struct {
		of    scenario
		pages int
	}{{creations(1), 0}, {creations(10), 0}, {creations(100), 0}, {creating, 0}, {creating, 100}, {mixed, 0}, {mixed, 100}}
	if race.Enabled {
		rows = rows[:3]
	}
	for _, row := range rows {
		s.pages = row.pages
		fmt.Fprintf(table, "| %s | %s |", row.of.name, s.paging())
		for _, column := range columns {
			s.provisions, s.lost = column.provisions, column.lost
			m := s.applied(t, row.of)
			polls := 60
			if s.pages > 0 {
				polls += 200 // servers that a list has lacked whose pages have shifted, read one by one
			}
			if most := m.bound * 115 / 100; m.took > most || m.polls > polls {
				t.Errorf("%s, %s, took %s, %.3f times its bound of %s, and %d polls", row.of.name, s, m.took, m.times(), m.bound, m.polls)
			}
			fmt.Fprintf(table, " %.3f · %d |", m.times(), m.polls)
		}
		table.WriteByte('\n')
	}
	t.Logf("\n%s", table)
}

// creations are n new servers.
func creations(n int) scenario {
	return scenario{fmt.Sprintf("create %d", n), []share{{creates, n}}}
}
