package fleet

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pattern is the key of an entry: literal text with a range after each piece but
// the last. Ranges are written as in Ansible inventories: web-[01:12],
// rack-[a:f], node-[1:9:2].
type pattern struct {
	literals []string
	ranges   []span
}

// span is one range: numbers, or code points of letters.
type span struct {
	first, last, step int
	width             int // digits to pad to; 0: none
	letters           bool
}

// flaw is what is wrong with a text, and at which byte of it.
type flaw struct {
	at            int
	message, hint string
}

func parsePattern(key string) (pattern, *flaw) {
	var p pattern
	start := 0
	for i := 0; i < len(key); i++ {
		switch c := rune(key[i]); {
		case nameRune(c):
		case c != '[':
			return p, oddRune(key, i)
		default:
			end := strings.IndexByte(key[i:], ']')
			if end < 0 {
				return p, &flaw{i, fmt.Sprintf("the range in %s is never closed", quote(key)), "a range is written [01:12]"}
			}
			s, bad := parseSpan(key[i+1 : i+end])
			if bad != nil {
				bad.at += i
				return p, bad
			}
			p.literals, p.ranges = append(p.literals, key[start:i]), append(p.ranges, s)
			i += end
			start = i + 1
		}
	}
	p.literals = append(p.literals, key[start:])
	return p, nil
}

// ValidName reports whether the API takes a name at create and rename: letters a–z,
// digits and hyphens, at most 255 of them.
func ValidName(name string) bool {
	return name != "" && len(name) <= maxName && strings.IndexFunc(name, func(c rune) bool { return !nameRune(c) }) < 0
}

// CanList reports whether an entry can have a name, where it pins its server by id:.
func CanList(name string) bool {
	p, bad := parsePattern(name)
	odd := func(c rune) bool { return invisible(c) || c == '\t' }
	return name != "" && len(name) <= maxName && !strings.HasSuffix(name, NextSuffix) &&
		(bad != nil || len(p.ranges) == 0) && !strings.ContainsFunc(name, odd)
}

func nameRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

// oddRune is the flaw of a name that holds a character which is none of a name's.
func oddRune(name string, at int) *flaw {
	c, _ := utf8.DecodeRuneInString(name[at:])
	return &flaw{at, fmt.Sprintf("name %s contains %s", quote(name), describe(c)), "a name is letters a–z, digits and hyphens; a server with another name needs quotes and its id:"}
}

// describe shows a character, and what it is where it is not ASCII: many a letter
// of another script looks just like a Latin one.
func describe(c rune) string {
	if c <= unicode.MaxASCII {
		return strconv.QuoteRune(c)
	}
	script := ""
	for name, table := range unicode.Scripts { // at most one holds it
		if unicode.Is(table, c) && name != "Common" && name != "Inherited" {
			script = ", " + name
		}
	}
	return fmt.Sprintf("%q (U+%04X%s)", c, c, script)
}

// parseSpan reads what stands between the brackets.
func parseSpan(s string) (span, *flaw) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		hint := "a range is written [first:last] or [first:last:step]"
		if m := otherRange.FindStringSubmatch(s); m != nil {
			hint = fmt.Sprintf("write [%s:%s]", m[1], m[2])
		}
		return span{}, &flaw{0, fmt.Sprintf("malformed range [%s]", quoteless(s)), hint}
	}
	bad := func(message, hint string) (span, *flaw) {
		return span{}, &flaw{0, fmt.Sprintf("range [%s] %s", quoteless(s), message), hint}
	}
	out, message := parseEnds(parts[0], parts[1])
	if message != "" {
		return bad(message, "a range is written [01:12] or [a:f]")
	}
	if len(parts) == 3 {
		step, ok := whole(parts[2])
		if !ok || step == 0 {
			return bad("needs a step of 1 or more", "")
		}
		out.step = step
	}
	ends := func() string { return fmt.Sprintf("write [%s:%s]", out.text(out.first), out.text(out.last)) }
	if out.width > 0 && len(parts[0]) != len(parts[1]) {
		out.first, out.last = min(out.first, out.last), max(out.first, out.last)
		return bad("pads its ends to different widths", ends())
	}
	if out.last < out.first {
		out.first, out.last = out.last, out.first
		return bad("runs backwards", ends())
	}
	return out, nil
}

// otherRange is a range as it is written elsewhere.
var otherRange = regexp.MustCompile(`^([0-9]{1,9}|[A-Za-z])(?:-|,|\.\.\.?)([0-9]{1,9}|[A-Za-z])$`)

// parseEnds reads the first and the last of a range; message says what is wrong.
func parseEnds(from, to string) (out span, message string) {
	out.step = 1
	first, ok1 := whole(from)
	last, ok2 := whole(to)
	switch {
	case ok1 && ok2:
		out.first, out.last = first, last
		if padded(from) || padded(to) {
			out.width = max(len(from), len(to))
		}
	case letter(from) && letter(to):
		out.first, out.last, out.letters = int(from[0]), int(to[0]), true
		if unicode.IsUpper(rune(from[0])) != unicode.IsUpper(rune(to[0])) {
			return out, "goes from one case to the other"
		}
	default:
		return out, "needs two whole numbers of at most nine digits, or two letters"
	}
	return out, ""
}

func padded(number string) bool { return len(number) > 1 && number[0] == '0' }

func whole(s string) (int, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func letter(s string) bool {
	return len(s) == 1 && nameRune(rune(s[0])) && unicode.IsLetter(rune(s[0]))
}

func (s span) count() int { return (s.last-s.first)/s.step + 1 }

func (s span) at(i int) string { return s.text(s.first + i*s.step) }

// text is how a name shows a number of the range.
func (s span) text(n int) string {
	if s.letters {
		return string(rune(n))
	}
	return fmt.Sprintf("%0*d", s.width, n)
}

// count is the number of names, or math.MaxInt where there are too many to count.
func (p pattern) count() int {
	n := 1
	for _, s := range p.ranges {
		if n > math.MaxInt/s.count() {
			return math.MaxInt
		}
		n *= s.count()
	}
	return n
}

// name gives the i-th name, the last range running fastest, and the value of each
// range in it.
func (p pattern) name(i int) (string, []string) {
	if len(p.ranges) == 0 {
		return p.literals[0], nil
	}
	values := make([]string, len(p.ranges))
	for k := len(p.ranges) - 1; k >= 0; k-- {
		n := p.ranges[k].count()
		values[k] = p.ranges[k].at(i % n)
		i /= n
	}
	var b strings.Builder
	for k, v := range values {
		b.WriteString(p.literals[k])
		b.WriteString(v)
	}
	b.WriteString(p.literals[len(values)])
	return b.String(), values
}
