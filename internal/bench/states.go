package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/internal/state/location"
)

// rounds is how often each store has its turn.
const rounds = 5

// states measures creates with the state in a folder and at each of the URLs, in turn,
// and writes a row for each: the median of its rounds, and of the ratios to the folder's
// time in the same round. The stores must have been prepared.
func (b bench) states(latency time.Duration, n int, urls []string) error {
	file, err := b.write("fleet.yaml", fmt.Appendf(nil, "version: 1\nservers: {\"bench-[1:%d]\": {plan: 1, os: 5, location: us-west}}\n", n))
	if err != nil {
		return err
	}
	stores := append([]string{""}, urls...)
	took, ratio := make([][]float64, len(stores)), make([][]float64, len(stores))
	for range rounds {
		for i, url := range stores {
			b.state = url
			u, err := b.measure(requestCase{}.api(latency), nil, b.fleet, "apply", "--auto-approve", "--bootstrap", "--max-corrections", "0", "-f", file)
			if err != nil {
				return err
			}
			took[i] = append(took[i], u.wall.Seconds())
			ratio[i] = append(ratio[i], u.wall.Seconds()/took[0][len(took[0])-1])
		}
	}
	fmt.Fprintf(b.out, "| state of %d creates | time | beside the folder |\n|---|--:|--:|\n", n)
	for i, url := range stores {
		name := "in a folder"
		if url != "" {
			name = location.Redacted(url)
		}
		fmt.Fprintf(b.out, "| %s | %.2f s | %.2f |\n", name, median(took[i]), median(ratio[i]))
	}
	return nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
