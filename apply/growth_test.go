//go:build unix

package apply_test

import (
	"syscall"
	"testing"
	"time"
)

// BenchmarkGrowth holds what an apply costs to be linear: four times the creates,
// each of which is waited for, may take six times the CPU, since a machine that is at
// other work too adds to it. Of five runs the cheapest counts.
func BenchmarkGrowth(b *testing.B) {
	s := setting{latency: 20 * time.Millisecond, parallelism: 10, provisions: documented}
	cost := func(n int) time.Duration {
		least := time.Hour
		for range 5 {
			before := cpu(b)
			asTest(b, func(t *testing.T) { s.applied(t, scenario{"create", []share{{creates, n}}}) })
			least = min(least, cpu(b)-before)
		}
		return least
	}
	for b.Loop() {
		few, many := cost(1000), cost(4000)
		growth := many.Seconds() / few.Seconds()
		b.ReportMetric(few.Seconds()/1000*1e6, "cpu-µs/create")
		b.ReportMetric(growth, "growth")
		if growth > 6 {
			b.Errorf("4,000 creates take %s of CPU, %.1f times as much as 1,000", many, growth)
		}
	}
}

// cpu is the time that this process has had.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
