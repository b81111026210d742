// Package planner compares the servers a fleet wants with the servers that
// exist and says exactly what to change. It is pure: the same fleet and the same
// observation give the same plan, to the byte. It cannot reach the network, reads
// no clock and prints nothing; why anything is planned or blocked is a Reason, not
// a sentence. Package apply carries plans out; internal/render shows them and
// makes sentences of reasons.
package planner
