package statetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// Two accounts at one endpoint, a run there that does not know its account, and an
// account elsewhere.
var (
	Ann     = apply.Key{Endpoint: "https://api.example.com/api/v1", Account: "ann@example.com"}
	Bob     = apply.Key{Endpoint: "https://api.example.com/api/v1", Account: "bob@example.com"}
	Unknown = apply.Key{Endpoint: "https://api.example.com/api/v1"}
	Distant = apply.Key{Endpoint: "https://api.example.com/api/v2", Account: "ann@example.com"}
)

// Contract holds a driver to what apply.Store promises. open returns the store as a
// process that starts now finds it; what the processes before left must be there.
// Stores wait between writes, so where a store is in memory, in runs each test in
// virtual time, as synctest.Test does; where it is not, AtOnce.
func Contract(t *testing.T, in func(*testing.T, func(*testing.T)), newStore func(t *testing.T) (open func() apply.Store)) {
	for name, test := range map[string]func(*tester){
		"intents outlive the process":       intentsOutlive,
		"intents are told to who reads":     intentsAreRead,
		"begins at once":                    beginsAtOnce,
		"one apply at a time":               oneAtATime,
		"accounts are apart":                accountsAreApart,
		"an unknown account keeps all away": unknownIsAlone,
		"an account that is unknown once":   unknownOnce,
		"an account that becomes known":     becomesKnown,
		"who resolves, resolves for itself": resolvesForItself,
		"deeds outlive the process":         deedsOutlive,
		"deeds of an account unknown once":  deedsUnknownOnce,
		"marks outlive the process":         marksOutlive,
		"marks of an account unknown once":  marksUnknownOnce,
		"corrections":                       corrections,
		"details":                           details,
		"kept plans":                        keptPlans,
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) { test(&tester{t, newStore(t)}) })
		})
	}
}

// AtOnce runs a test beside others.
func AtOnce(t *testing.T, test func(*testing.T)) {
	t.Parallel()
	test(t)
}

// Main runs the tests of a package that wait for servers, and not for a processor, so
// that many of them can run at once.
func Main(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "16")
	os.Exit(m.Run())
}

type tester struct {
	*testing.T
	open func() apply.Store
}

var ctx = context.Background()

// lock is what an apply does first.
func (t *tester) lock(k apply.Key) apply.LockedState {
	t.Helper()
	s, err := t.open().Lock(ctx, k, apply.Holder{PID: 1, Host: "here", Command: "fleet apply"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// with has the state of an account while do runs.
func (t *tester) with(k apply.Key, do func(apply.LockedState)) {
	t.Helper()
	s := t.lock(k)
	do(s)
	t.ok(s.Close())
}

func (t *tester) ok(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantLocked holds that an apply is refused because another has the state.
func (t *tester) wantLocked(k apply.Key) {
	t.Helper()
	if s, err := t.open().Lock(ctx, k, apply.Holder{}); !errors.Is(err, apply.ErrLocked) {
		t.Errorf("locking %v gave %v, %v", k, s, err)
	}
}

// read has an account's state read under a lock, and without.
func (t *tester) read(k apply.Key, check func(apply.State)) {
	t.Helper()
	t.with(k, func(s apply.LockedState) { check(s) })
	s, err := t.open().Open(ctx, k)
	t.ok(err)
	check(s)
	t.ok(s.Close())
}

// wantOpen holds that these creates are in doubt for an account.
func (t *tester) wantOpen(k apply.Key, names ...string) {
	t.Helper()
	t.read(k, func(s apply.State) { t.wantIntents(s, names...) })
}

func (t *tester) wantIntents(s apply.State, names ...string) {
	t.Helper()
	open, err := s.Intents(ctx)
	t.ok(err)
	t.wantNames(open, names...)
}

func (t *tester) wantNames(open []apply.Intent, names ...string) {
	t.Helper()
	var got []string
	for _, i := range open {
		got = append(got, i.Name)
	}
	if !slices.Equal(got, names) {
		t.Errorf("open are %q, want %q", got, names)
	}
}

var began = time.Date(2026, 3, 4, 5, 6, 7, 800, time.UTC)

// intent is a create of a name, each a second after the one whose number is less.
func intent(k apply.Key, number int, name string) apply.Intent {
	host := name + ".example.com"
	return apply.Intent{Endpoint: k.Endpoint, Account: k.Account, Name: name, Plan: "1", OS: "5", Location: "us-west",
		Hostname: &host, At: began.Add(time.Duration(number) * time.Second)}
}

func intentsOutlive(t *tester) {
	s := t.lock(Ann)
	b, a := intent(Ann, 2, "b"), intent(Ann, 1, "a")
	t.ok(s.Begin(ctx, b))
	t.ok(s.Begin(ctx, a))
	t.ok(s.Begin(ctx, intent(Ann, 3, "c")))
	t.ok(s.Resolve(ctx, b, apply.Resolution{Made: "7"}))
	t.wantIntents(s, "a", "c")
	t.ok(s.Close())
	t.wantOpen(Ann, "a", "c")
	t.with(Ann, func(s apply.LockedState) {
		open, err := s.Intents(ctx)
		t.ok(err)
		if got, want := open[0], a; !got.At.Equal(want.At) || !reflect.DeepEqual(got.Spec(), want.Spec()) || got.Account != want.Account {
			t.Errorf("read %+v, want %+v", got, want)
		}
		t.ok(s.Resolve(ctx, a, apply.Resolution{}))
		t.ok(s.Resolve(ctx, open[1], apply.Resolution{Refused: true}))
	})
	t.wantOpen(Ann)
}

func intentsAreRead(t *tester) {
	open, err := t.open().Intents(ctx)
	t.ok(err)
	t.wantNames(open)
	t.with(Distant, func(s apply.LockedState) { t.ok(s.Begin(ctx, intent(Distant, 1, "far"))) })
	s := t.lock(Ann)
	t.ok(s.Begin(ctx, intent(Ann, 2, "near")))
	open, err = t.open().Intents(ctx) // the lock keeps nobody from reading
	t.ok(err)
	t.wantNames(open, "far", "near")
	t.ok(s.Close())
}

func beginsAtOnce(t *tester) {
	s := t.lock(Ann)
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			i := intent(Ann, n, fmt.Sprintf("s%02d", n))
			if err := s.Begin(ctx, i); err != nil {
				t.Error(err)
			}
			if n%2 == 1 {
				if err := s.Resolve(ctx, i, apply.Resolution{Refused: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	t.ok(s.Close())
	open, err := t.open().Intents(ctx)
	t.ok(err)
	if len(open) != 25 {
		t.Errorf("%d of 25 intents are open", len(open))
	}
}

func oneAtATime(t *tester) {
	s := t.lock(Ann)
	t.wantLocked(Ann)
	t.ok(s.Close())
	t.ok(t.lock(Ann).Close())
}

func accountsAreApart(t *tester) {
	ann, bob, distant := t.lock(Ann), t.lock(Bob), t.lock(Distant)
	t.ok(ann.Begin(ctx, intent(Ann, 1, "a")))
	t.ok(bob.Begin(ctx, intent(Bob, 2, "b")))
	t.ok(distant.Begin(ctx, intent(Distant, 3, "d")))
	for _, s := range []apply.LockedState{ann, bob, distant} {
		t.ok(s.Close())
	}
	t.wantOpen(Ann, "a")
	t.wantOpen(Bob, "b")
	t.wantOpen(Distant, "d")
}

func unknownIsAlone(t *tester) {
	s := t.lock(Unknown)
	t.wantLocked(Ann)
	t.wantLocked(Bob)
	t.wantLocked(Unknown)
	t.ok(t.lock(Distant).Close())
	t.ok(s.Close())
	s = t.lock(Bob)
	t.wantLocked(Unknown)
	t.ok(t.lock(Ann).Close())
	t.ok(s.Close())
	t.ok(t.lock(Unknown).Close())
}

// A run finds what the one before has left although the API told it no account, and
// the other way round.
func unknownOnce(t *tester) {
	i := intent(Ann, 1, "a")
	t.with(Ann, func(s apply.LockedState) { t.ok(s.Begin(ctx, i)) })
	t.wantOpen(Unknown, "a")
	t.with(Unknown, func(s apply.LockedState) { t.ok(s.Begin(ctx, intent(Unknown, 2, "u"))) })
	t.wantOpen(Ann, "a", "u")
	t.wantOpen(Distant)
}

func becomesKnown(t *tester) {
	i := intent(Unknown, 1, "u")
	t.with(Unknown, func(s apply.LockedState) { t.ok(s.Begin(ctx, i)) })
	t.with(Ann, func(s apply.LockedState) { t.ok(s.Resolve(ctx, i, apply.Resolution{Made: "7"})) })
	t.wantOpen(Ann)
	open, err := t.open().Intents(ctx)
	t.ok(err)
	t.wantNames(open)
}

func resolvesForItself(t *tester) {
	ann, unknown := intent(Ann, 1, "a"), intent(Unknown, 2, "u")
	t.with(Ann, func(s apply.LockedState) { t.ok(s.Begin(ctx, ann)) })
	t.with(Unknown, func(s apply.LockedState) {
		t.ok(s.Begin(ctx, unknown))
		t.ok(s.Resolve(ctx, ann, apply.Resolution{}))
	})
	t.wantOpen(Unknown, "u")
	t.wantOpen(Ann, "a", "u")
	t.with(Bob, func(s apply.LockedState) { t.ok(s.Resolve(ctx, unknown, apply.Resolution{})) })
	t.wantOpen(Bob)
	t.wantOpen(Bob) // also after what is over was dropped
	t.wantOpen(Ann, "a", "u")
	t.wantOpen(Unknown, "u")
}
