package planner

import (
	"cmp"
	"slices"
	"strings"
)

// World is a set of live servers, by id and by name.
type World struct {
	servers []*Server // in order
	byID    map[string]*Server
	byName  map[string][]*Server
}

// NewWorld indexes servers, in the order in which they come.
func NewWorld(servers ...Server) World {
	w := World{make([]*Server, len(servers)), make(map[string]*Server, len(servers)), make(map[string][]*Server, len(servers))}
	for i := range servers {
		s := &servers[i]
		w.servers[i], w.byID[s.ID], w.byName[s.Name] = s, s, append(w.byName[s.Name], s)
	}
	return w
}

// sortedWorld indexes servers by name, then id, whatever the order in which they come.
func sortedWorld(servers []Server) World {
	return NewWorld(slices.SortedFunc(slices.Values(servers), func(a, b Server) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})...)
}

// Server is the server of an id; nil where there is none.
func (w World) Server(id string) *Server { return w.byID[id] }

// Named are the servers of a name.
func (w World) Named(name string) []*Server { return w.byName[name] }

// byKey indexes a list; of elements with the same key the last counts.
func byKey[T any](list []T, key func(T) string) map[string]T {
	all := make(map[string]T, len(list))
	for _, x := range list {
		all[key(x)] = x
	}
	return all
}

// keep returns the elements for which ok is true, in a new list.
func keep[T any](list []T, ok func(T) bool) (kept []T) {
	for _, x := range list {
		if ok(x) {
			kept = append(kept, x)
		}
	}
	return kept
}
