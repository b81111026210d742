package render

import (
	"testing"
	"time"
)

func TestWaiting(t *testing.T) {
	since := time.Date(2025, 1, 10, 14, 30, 5, 0, time.Local)
	for _, test := range []struct {
		trouble Trouble
		lasts   time.Duration
		want    string
	}{
		{Trouble{Answer: Refused, Status: "503 Service Unavailable"}, 0, "waiting for the API (503 Service Unavailable)"},
		{Trouble{Answer: Refused, Status: "520"}, 3 * time.Second, "waiting for the API since 14:30:05 (520)"},
		{Trouble{Answer: NoAnswer}, 0, "waiting for the API (no answer)"},
		{Trouble{Answer: NoAnswer, Cause: "connection refused"}, 0, "waiting for the API (no answer: connection refused)"},
		{Trouble{Answer: TooLate}, 0, "waiting for the API (no answer in time, --request-timeout gives it longer)"},
		{Trouble{Answer: Unusable}, 0, "waiting for the API (no usable answer)"},
		{Trouble{}, 2 * time.Second, "waiting for the API since 14:30:05 (no answer yet)"},
		{Trouble{State: "s3://b\x1b"}, 2 * time.Second, `waiting for the state in s3://b\x1b since 14:30:05 (no answer yet)`},
	} {
		if got := Waiting(test.trouble, since, since.Add(test.lasts)); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestNextTry(t *testing.T) {
	for _, test := range []struct {
		attempt int
		pause   time.Duration
		want    string
	}{
		{0, 20500 * time.Millisecond, "next try in 21s"},
		{2, 0, "second try"},
		{3, time.Second, "third try in 1s"},
		{2, time.Minute, "second try in 1m0s"},
		{11, 8700 * time.Millisecond, "11th try in 9s"},
	} {
		if got := NextTry(test.attempt, test.pause); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
