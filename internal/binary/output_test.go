package binary_test

import (
	"strings"
	"sync"
)

// output keeps what a process writes and lets others wait for a text in it.
type output struct {
	mu    sync.Mutex
	text  strings.Builder
	heard []expectation
}

type expectation struct {
	text string
	come chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	o.tell()
	return len(p), nil
}

// says gives a channel that is closed once the text has been written.
func (o *output) says(text string) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := expectation{text, make(chan struct{})}
	o.heard = append(o.heard, e)
	o.tell()
	return e.come
}

// tell closes the channels whose text has come. The lock is held.
func (o *output) tell() {
	var left []expectation
	for _, e := range o.heard {
		if strings.Contains(o.text.String(), e.text) {
			close(e.come)
		} else {
			left = append(left, e)
		}
	}
	o.heard = left
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
