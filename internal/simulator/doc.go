// Package simulator runs the real plan and apply, many times over, against the
// emulated API in virtual time, while everything that can go wrong does: answers
// are lost, creates land after they were given up, lists lie, people meddle, disks
// fill up, processes die. All of it is drawn from one seed, and a seed repeats to
// the byte, because every request waits until all goroutines are blocked and one
// scheduler lets a single one go. After each run the emulator's ledger is held
// against the promises of the apply; in the end the faults stop, and at most
// three more runs have to make the servers what the fleet file says.
//
//	go test ./internal/simulator                                     5,000 seeds and every crash point
//	go test ./internal/simulator -run 'TestSeeds$' -seed 123 -v      one seed, told as a story
//	go test ./internal/simulator -run 'TestSeeds$' -only 429 -v      no faults but those whose kind contains 429
//	go test ./internal/simulator -run 'TestSeeds$' -from 20000 -seeds 5000000 -timeout 0    a soak
//
// With -v a run of many seeds ends with a digest of all that happened, so that two
// versions can be compared.
//
// There is nothing here but tests. What a run prints, its signals, its lock and
// its files are not simulated: those need a real process.
package simulator
