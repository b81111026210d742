.PHONY: bench bench-growth packages

# The whole command against the emulated API on a socket; see docs/performance.md.
bench:
	go run ./internal/bench requests

# How a plan grows with the fleet, up to 100,000 servers. Takes about two minutes.
bench-growth:
	go run ./internal/bench growth

# The release of the last commit for every system, built twice and installed; the same bytes are wanted. The
# second build has an empty cache, so it takes many minutes.
packages:
	.ci/packages all
