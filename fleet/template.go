package fleet

import (
	"fmt"
	"strconv"
	"strings"
)

// template is a text with placeholders: {name}, or {1}, {2}, … for what a name's
// first, second, … range gave. Its zero value is a field left out.
type template struct {
	node  node
	parts []part
	most  int // the highest range that it uses
}

// part is literal text, or the placeholder of a range; nth 0 is {name}.
type part struct {
	literal string
	nth     int
}

const isLiteral = -1

func parseTemplate(s string) (template, *flaw) {
	var t template
	for at := 0; at < len(s); {
		rest := s[at:]
		brace := strings.IndexAny(rest, "{}")
		if brace != 0 {
			if brace < 0 {
				brace = len(rest)
			}
			t.parts = append(t.parts, part{rest[:brace], isLiteral})
			at += brace
			continue
		}
		end := strings.IndexByte(rest, '}')
		if rest[0] == '}' || end < 0 {
			return t, &flaw{at, fmt.Sprintf("a lone %c in %s", rest[0], quote(s)), "placeholders are written {name}, {1}, {2}"}
		}
		nth, ok := placeholder(rest[1:end])
		if !ok {
			hint := didYouMean(rest[:end+1], []string{"{name}"})
			if hint == "" {
				hint = "placeholders are {name} and {1}, {2}, … for the ranges of the name"
			}
			return t, &flaw{at, fmt.Sprintf("unknown placeholder %s", quote(rest[:end+1])), hint}
		}
		t.parts = append(t.parts, part{nth: nth})
		t.most = max(t.most, nth)
		at += end + 1
	}
	return t, nil
}

func placeholder(s string) (nth int, ok bool) {
	if s == "name" {
		return 0, true
	}
	n, ok := whole(s)
	return n, ok && n > 0 && strconv.Itoa(n) == s
}

// expand fills the placeholders, for which values must number t.most or more.
func (t template) expand(name string, values []string) string {
	if len(t.parts) == 1 && t.parts[0].nth == isLiteral {
		return t.parts[0].literal
	}
	var b strings.Builder
	for _, p := range t.parts {
		switch p.nth {
		case isLiteral:
			b.WriteString(p.literal)
		case 0:
			b.WriteString(name)
		default:
			b.WriteString(values[p.nth-1])
		}
	}
	return b.String()
}
