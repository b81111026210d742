package vpsorg

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		for i := range int(budgetMax) {
			if wait := b.take(); wait != 0 {
				t.Fatalf("retry %d waits %s", i, wait)
			}
		}
		want := func(what string, want time.Duration) {
			t.Helper()
			if got := b.take(); got != want {
				t.Errorf("%s: the next retry waits %s, want %s", what, got, want)
			}
		}
		want("used up", 500*time.Millisecond)
		want("another", time.Second)
		b.giveBack()
		want("one given back", time.Second)
		for range 10 {
			b.earn()
		}
		want("ten successes earn two", 500*time.Millisecond)
		time.Sleep(3 * time.Second)
		want("three seconds later", 0)
		time.Sleep(time.Hour)
		b.take()
		if b.left != budgetMax-1 {
			t.Errorf("%g retries are left after an hour", b.left)
		}
	})
}
