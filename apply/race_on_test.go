//go:build race

package apply_test

const tested = 2 // settings: the race detector is slow
