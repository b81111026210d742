//go:build race

package apply_test

const tested = 4 // settings: the race detector is slow
