package statetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
)

// Memory is a state.Backend in memory. Its zero value is empty.
type Memory struct {
	// Before is asked before each request, a "read", "replace", "put", "drop" or
	// "list"; its error is what that fails with, and nothing is changed. After is
	// asked when a request has taken effect; its error loses the answer.
	Before, After func(op, name string) error

	Now      func() time.Time // the backend's clock; nil: the time
	Heedless bool             // conditions of writes are accepted and ignored

	mu      sync.Mutex
	objects map[string]object
	writes  int
}

type object struct {
	data    []byte
	version string
	written time.Time
}

// request carries out a request, or loses it or its answer.
func (m *Memory) request(ctx context.Context, op, name string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Before != nil {
		if err := m.Before(op, name); err != nil {
			return err
		}
	}
	m.mu.Lock()
	err := do()
	m.mu.Unlock()
	if err == nil && m.After != nil {
		err = m.After(op, name)
	}
	return err
}

func (m *Memory) time() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

func (m *Memory) set(name string, data []byte) state.Object {
	if m.objects == nil {
		m.objects = make(map[string]object)
	}
	m.writes++
	o := object{slices.Clone(data), fmt.Sprint(m.writes), m.time()}
	m.objects[name] = o
	return state.Object{Version: o.version, Now: o.written}
}

func (m *Memory) Read(ctx context.Context, name string) (o state.Object, err error) {
	err = m.request(ctx, "read", name, func() error {
		found := m.objects[name]
		o = state.Object{Data: slices.Clone(found.data), Version: found.version, Now: m.time()}
		return nil
	})
	return o, err
}

func (m *Memory) Replace(ctx context.Context, name string, data []byte, version string) (o state.Object, err error) {
	err = m.request(ctx, "replace", name, func() error {
		if m.objects[name].version != version && !m.Heedless {
			return state.ErrConflict
		}
		o = m.set(name, data)
		return nil
	})
	return o, err
}

func (m *Memory) Put(ctx context.Context, name string, data []byte) error {
	return m.request(ctx, "put", name, func() error { m.set(name, data); return nil })
}

func (m *Memory) Drop(ctx context.Context, name string) error {
	return m.request(ctx, "drop", name, func() error { delete(m.objects, name); return nil })
}

func (m *Memory) List(ctx context.Context, prefix string) (list []state.Listed, err error) {
	err = m.request(ctx, "list", prefix, func() error {
		for _, name := range slices.Sorted(maps.Keys(m.objects)) {
			if strings.HasPrefix(name, prefix) {
				list = append(list, state.Listed{Name: name, Written: m.objects[name].written})
			}
		}
		return nil
	})
	return list, err
}

func (m *Memory) Prepare(context.Context) error { return nil }

func (m *Memory) Place() string { return "memory" }
