package fleet

import (
	"iter"
	"slices"

	"gopkg.in/yaml.v3"
)

// object is a mapping whose keys are those of the format. It has the values by key.
type object struct {
	node
	values map[string]node
}

func (r *reader) object(n node, what string, keys []string) object {
	o := object{n, map[string]node{}}
	for key, value := range r.known(n, what, keys) {
		o.values[key.Value] = value
	}
	return o
}

// known gives the keys and values of a mapping, and reports keys that are not those of
// the format.
func (r *reader) known(n node, what string, keys []string) iter.Seq2[node, node] {
	return func(yield func(key, value node) bool) {
		for key, value := range r.pairs(n, what) {
			if !slices.Contains(keys, key.Value) {
				r.problemf(key, didYouMean(key.Value, keys), "unknown key %s in %s", quote(key.Value), what)
			} else if !yield(key, value) {
				return
			}
		}
	}
}

// lacks reports that a mapping has no such key, whatever is wrong with its value.
func (o object) lacks(key string) bool {
	return o.Kind == yaml.MappingNode && child(o.Node, key) == nil
}

// read reads the value of a key; otherwise is what a key has that is left out.
func read[T any](o object, key string, as func(n node, what string) T, otherwise T) T {
	n, ok := o.values[key]
	if !ok {
		return otherwise
	}
	return as(n, key)
}
