package render

import (
	"fmt"
	"time"
)

// Trouble is why an answer is waited for. It is comparable, so that trouble of one kind
// need not be told of each request that meets it.
type Trouble struct {
	State  string // the place of the state that is to answer; "": the API is
	Answer Answer // what has come instead
	Status string // the HTTP status, for Refused: 503 Service Unavailable
	Cause  string // why the connection has failed, for NoAnswer: connection refused
}

// Answer is what has come of a request that has no good answer yet.
type Answer int

// What can come of one.
const (
	NoAnswerYet Answer = iota // it is under way
	NoAnswer                  // the connection has failed
	TooLate                   // it was given up
	Unusable                  // a success without what it should contain
	Refused                   // an HTTP status after which it is sent again
)

// Waiting says since when an answer is waited for, and why.
func Waiting(t Trouble, since, now time.Time) string {
	text := "waiting for the API"
	if t.State != "" {
		text = "waiting for the state in " + Escape(t.State)
	}
	if now.Sub(since) >= time.Second {
		text += " since " + since.Local().Format(time.TimeOnly)
	}
	return text + " (" + t.reason() + ")"
}

func (t Trouble) reason() string {
	switch t.Answer {
	case NoAnswerYet:
		return "no answer yet"
	case NoAnswer:
		return "no answer" + prefixed(": ", Escape(t.Cause))
	case TooLate:
		return "no answer in time, --request-timeout gives it longer"
	case Unusable:
		return "no usable answer"
	}
	return t.Status
}

// NextTry says which attempt comes next, 0 where they are not counted, and after which
// pause.
func NextTry(attempt int, pause time.Duration) string {
	text := "next try"
	if attempt > 0 {
		text = ordinal(attempt) + " try"
	}
	if pause >= time.Second {
		text += " in " + pause.Round(time.Second).String()
	}
	return text
}

func ordinal(n int) string {
	words := []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n <= len(words) {
		return words[n-1]
	}
	return fmt.Sprintf("%dth", n) // a request is not tried so often that 21st would come up
}
