//go:build race

package simulator

const normalSeeds = 1500 // the race detector is slow
