.PHONY: bench

# The whole command against the emulated API on a socket; see docs/performance.md.
bench:
	go run ./internal/bench
