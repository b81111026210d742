//go:build !race

package simulator

const normalSeeds = normalRun
