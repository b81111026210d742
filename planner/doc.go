// Package planner compares the servers a fleet wants with the servers that
// exist and says exactly what to change. It is pure: the same fleet and the same
// observation give the same plan, to the byte. It cannot reach the network, reads
// no clock and prints nothing; carrying a plan out belongs to package apply,
// showing it to internal/render.
package planner
