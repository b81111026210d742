package render

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// This file has how everything is counted, listed and cut short.

// quantity counts things: 1 entry, 2 entries.
func quantity(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func servers(n int) string { return quantity(n, "server", "servers") }

func entries(n int) string { return quantity(n, "entry", "entries") }

func areServers(n int) string { return quantity(n, "server is", "servers are") }

func areEntries(n int) string { return quantity(n, "entry is", "entries are") }

// Share says how many of all changes something is true of: "1 of 24 changes is".
func Share(n, all int) string {
	verb := "are"
	if n == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%d of %d changes %s", n, all, verb)
}

// counted makes "2 failed" of each number that is not zero and the word after it.
func counted(pairs ...any) []string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != 0 {
			parts = append(parts, fmt.Sprintf("%d %s", pairs[i], pairs[i+1]))
		}
	}
	return parts
}

// joined lists parts with commas or, where they are sentences, semicolons.
func joined[T any](list []T, separator string, one func(T) string) string {
	return strings.Join(each(list, one), separator)
}

// each makes something of all that is in a list.
func each[T, U any](list []T, one func(T) U) []U {
	all := make([]U, len(list))
	for i, x := range list {
		all[i] = one(x)
	}
	return all
}

// prefixed is a text behind what leads to it; "" where there is no text.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// together joins those of some texts that are not empty.
func together(separator string, texts ...string) string {
	return strings.Join(present(texts), separator)
}

// present are those of some texts that are not empty.
func present(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return t == "" })
}

// sentence ends a text; "" where there is none.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return text + "."
}

// unlessSame is a text; "" where it is the other.
func unlessSame(text, other string) string {
	if text == other {
		return ""
	}
	return text
}

// atMost are the first n of some texts, and in the place of the others how many they are.
func atMost(n int, list []string, more string) []string {
	if len(list) <= n {
		return list
	}
	return append(list[:n:n], fmt.Sprintf(more, len(list)-n))
}

// withID is a server's name with its id, where it has one.
func withID(name, id string) string { return name + prefixed(" ", bracketed(id)) }

// named is how many servers a line names before it counts.
const named = 2

// few writes the first of some names, and how many more there are.
func few(names []string) string {
	if len(names) > named+1 {
		names = atMost(named, names, "%d more")
	}
	last := len(names) - 1
	return strings.TrimPrefix(strings.Join(names[:last], ", ")+" and "+names[last], " and ")
}

// labelTexts are labels as they are written: role=web.
func labelTexts(labels fleet.Labels) []string {
	return each(slices.Sorted(maps.Keys(labels)), func(key string) string { return key + "=" + labels[key] })
}

// quoted is a text as it stands between quotation marks.
func quoted(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// minRange is the least names that are shown as a range.
const minRange = 2

// ranges lists names shorter, as a fleet file writes them. What is no name of
// letters, digits and hyphens could pass for something else, so it is in quotes.
func ranges(names []string) []string {
	var list []string
	for _, s := range fleet.FindSeries(names, minRange) {
		if len(s.Names) == 1 && !fleet.ValidName(s.Key) {
			s.Key = strconv.Quote(s.Key)
		}
		list = append(list, s.Key)
	}
	return list
}

// grouped puts those of a list together that have the same key, in the order in which
// the keys come.
func grouped[L ~[]T, T any, K comparable](list L, key func(T) K) (groups []L) {
	at := make(map[K]int)
	for _, x := range list {
		k := key(x)
		i, ok := at[k]
		if !ok {
			i, groups = len(groups), append(groups, nil)
			at[k] = i
		}
		groups[i] = append(groups[i], x)
	}
	return groups
}

// bracketed is a text in brackets; "" where there is none.
func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}
