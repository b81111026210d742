//go:build !race

package apply_test

const tested = 1 << 10 // all settings
