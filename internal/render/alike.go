package render

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// merge makes one group of those that say the same, where they are at least as
// many as atLeast. It stands where its first member stood.
func merge(single []group, atLeast int) []group {
	if len(single) < atLeast {
		return single
	}
	alike := make(map[string][]int)
	keys := make([]string, len(single))
	for i, g := range single {
		keys[i] = g.key()
		alike[keys[i]] = append(alike[keys[i]], i)
	}
	var merged []group
	for i, g := range single {
		same := alike[keys[i]]
		switch {
		case len(same) < atLeast || keys[i] == "":
			merged = append(merged, g)
		case same[0] == i:
			merged = append(merged, united(single, same))
		}
	}
	return merged
}

// nameMark stands for the name of each server in a group's texts.
const nameMark = "{name}"

// key is equal for the groups of one server that say the same of it, but for its
// name and, in reason and hint, the lines of the file. It is "" where a text holds
// a mark by itself: such a server is shown alone, so that the mark means one thing.
func (g group) key() string {
	texts := []string{string(g.Action), string(g.Drift), g.Symbol, g.Warning, g.What, g.Reason, g.Hint}
	for _, f := range g.Fields {
		texts = append(texts, string(f.Field), f.From.String(), f.To.String())
	}
	for i, text := range texts {
		if strings.Contains(text, nameMark) || strings.ContainsAny(text, "\x00\x01") {
			return ""
		}
		texts[i] = withoutName(text, g.Members[0].Name)
	}
	texts[5], texts[6] = withoutLines(texts[5]), withoutLines(texts[6])
	return strings.Join(texts, "\x00")
}

// united is one group of those that are alike.
func united(single []group, same []int) group {
	g := single[same[0]]
	name := g.Members[0].Name
	g.Members = nil
	var reasons, hints []string
	for _, i := range same {
		m := single[i].Members[0]
		g.Members = append(g.Members, m)
		reasons = append(reasons, withoutName(single[i].Reason, m.Name))
		hints = append(hints, withoutName(single[i].Hint, m.Name))
	}
	g.What, g.Warning, g.Reason, g.Hint = withoutName(g.What, name), withoutName(g.Warning, name), spanLines(reasons), spanLines(hints)
	g.Fields = slices.Clone(g.Fields)
	for i := range g.Fields {
		f := &g.Fields[i]
		f.From, f.To = valueWithoutName(f.From, name), valueWithoutName(f.To, name)
	}
	return g
}

func valueWithoutName(v planner.Value, name string) planner.Value {
	if text, ok := v.AsText(); ok {
		return planner.Text(withoutName(text, name))
	}
	return v
}

// withoutName puts the mark in the place of a name, where that stands by itself:
// not in the place of the web-1 in web-10.
func withoutName(text, name string) string {
	if name == "" || !strings.Contains(text, name) {
		return text
	}
	var b strings.Builder
	rest := 0 // what is not written yet
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return b.String() + text[rest:]
		}
		start, end := at+i, at+i+len(name)
		at = start + 1
		if (start == 0 || !partOfName(text[start-1])) && (end == len(text) || !partOfName(text[end])) {
			b.WriteString(text[rest:start] + nameMark)
			rest, at = end, end
		}
	}
}

func partOfName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

// position is the line and the column of a place in a file.
var position = regexp.MustCompile(`:(\d+):\d+`)

func withoutLines(text string) string { return position.ReplaceAllString(text, "\x01") }

// spanLines is the first of texts that are equal but for lines of the file. Where
// they differ, the first and the last of these lines stand in it: fleet.yaml:3…9.
func spanLines(texts []string) string {
	first := position.FindAllStringSubmatch(texts[0], -1)
	last := slices.Clone(first)
	for _, text := range texts {
		if text == texts[0] {
			continue
		}
		for i, at := range position.FindAllStringSubmatch(text, -1) {
			if compareLines(at[1], first[i][1]) < 0 {
				first[i] = at
			}
			if compareLines(at[1], last[i][1]) > 0 {
				last[i] = at
			}
		}
	}
	i := -1
	return position.ReplaceAllStringFunc(texts[0], func(at string) string {
		if i++; first[i][1] == last[i][1] {
			return at
		}
		return ":" + first[i][1] + "…" + last[i][1]
	})
}

// compareLines compares line numbers as they are written.
func compareLines(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }
