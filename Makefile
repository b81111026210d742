.PHONY: bench bench-scale

# The whole command against the emulated API on a socket; see docs/performance.md.
bench:
	go run ./internal/bench

# How plan grows with the fleet, up to 100,000 servers. Takes about two minutes.
bench-scale:
	go run ./internal/bench/scale
