// Package emulator is the VPS.org API in memory: every endpoint, field and
// status code of the published Servers API as an http.Handler, and by option
// what the vendor's other pages show (pages, UUIDs, plans, the account), and what
// APIs of its kind do (reads that lag, servers that are locked, limits). It is
// the sandbox that people try fleets on and the world that tests run against.
//
// The zero Emulator is ready:
//
//	var e emulator.Emulator
//	http.ListenAndServe("localhost:8080", &e)
//
// [Emulator.Transport] reaches it in process, with no sockets and no
// goroutines, so that it also lives in a [testing/synctest] bubble. It knows no
// clock but time.Now and runs nothing in the background: a transition that is
// due ends when somebody asks.
//
// It also emulates what runs on its servers, as far as a probe can tell: see
// [Service].
//
// What the documentation does not allow is refused and noted as a deviation in
// the ledger, even where the real API may be lenient: a client that gets by here
// relies on nothing unpublished. What may be wrong in a permitted request, such
// as a plan that nobody sells, is refused without being a deviation.
//
// Not modelled: SSH keys (any id will do), usage (all zero unless a test says
// otherwise), the permissions of a token, billing beyond [Emulator.Credit], and
// processes that share one file: the last to write wins.
package emulator
