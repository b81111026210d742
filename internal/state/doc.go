// Package state keeps what outlives a run, behind the interface that apply
// declares: as files in a folder of this host, or for several hosts in a Backend. It
// knows nothing of the API and decides nothing; what a remembered intent means is
// apply's business.
//
// # In a folder
//
// An account's files share one base name, made of the endpoint and the account:
//
//	BASE              the journal: an append-only log of intents, what became of them, and deeds
//	BASE.lock         locked by the apply that has the state; says who that is
//	BASE.corrections  what unattended applies have put right
//	BASE.details      what has been read of servers one by one
//	BASE.DIGEST.plan  a kept plan, as plan --out writes it
//	ENDPOINT.lock     shared by the applies of known accounts, exclusive for one of an unknown account
//
// # In a backend
//
// An account's objects share the beginning of their names, made in the same way:
//
//	BASE/state.json         the document: lease, intents, deeds, corrections; replaced by compare-and-swap
//	BASE/details.json       what has been read of servers one by one
//	BASE/plans/DIGEST.json  a kept plan
//	proof.json              says that the backend was proved to keep hosts apart
//
// Only the holder of the lease writes the document. There is no lease of an endpoint:
// an apply takes its account's lease, then looks for leases that exclude it.
//
// # Whose state it is
//
// A token is no key: it is rotated, and nothing of it may reach the disk. The
// account is what the API tells, and an API may not tell it, or not today. So a run
// that does not know its account could be anybody's at its endpoint:
//
//   - It never runs beside an apply of a known account. Those run beside one another.
//   - It takes the open intents of every account at the endpoint for its own, and
//     every account takes those of such runs for its own.
//   - A run that resolves an intent of another journal notes that in its own. The
//     other's owner resolves it for itself, since the server may exist for one account
//     and not for the other. So no journal has two writers.
//
// So a run that is not told its account, but was before, finds the same lock and the
// same intents; the day the API begins to tell accounts, nothing is forgotten; and two
// accounts at one endpoint stay apart.
//
// A journal that is given by its path is one account's, whatever the API tells.
package state
