package fleet

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const selectorForm = "a selector is written role=web,env!=dev or zone in (a, b); !key is where the label is missing"

// ParseSelector reads a selector. The error is a *SelectorError.
func ParseSelector(text string) (Selector, error) {
	s, bad := parseSelector(text)
	if bad != nil {
		return s, &SelectorError{text, 1 + utf8.RuneCountInString(text[:bad.at]), bad.message, bad.hint}
	}
	return s, nil
}

func parseSelector(text string) (Selector, *flaw) {
	p := selectorParser{text: text}
	var s Selector
	for {
		t, bad := p.term()
		switch {
		case bad != nil:
		case p.end():
			s.terms = append(s.terms, t)
			return s, nil
		case !p.take(","):
			bad = p.flaw("a comma is missing", selectorForm)
		}
		if bad != nil {
			return Selector{}, bad
		}
		s.terms = append(s.terms, t)
	}
}

// selectorParser reads the text of a selector from left to right.
type selectorParser struct {
	text string
	at   int
}

func (p *selectorParser) flaw(message, hint string) *flaw { return &flaw{p.at, message, hint} }

func (p *selectorParser) end() bool {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], " \t"))
	return p.at == len(p.text)
}

// take passes over a sign, and reports whether it was there.
func (p *selectorParser) take(sign string) bool {
	if p.end() || !strings.HasPrefix(p.text[p.at:], sign) {
		return false
	}
	p.at += len(sign)
	return true
}

// term reads one condition.
func (p *selectorParser) term() (term, *flaw) {
	t := term{not: p.take("!"), exists: true}
	key, bad := p.key()
	t.key = key
	if bad != nil || t.not {
		return t, bad
	}
	switch {
	case p.take("=="), p.take("="):
		t.exists = false
	case p.take("!="):
		t.not, t.exists = true, false
	case p.take("<"), p.take(">"):
		p.at--
		return t, p.flaw(fmt.Sprintf("labels are text, which %c does not compare", p.text[p.at]), selectorForm)
	default:
		return p.set(t)
	}
	value, bad := p.value(true)
	t.values = []string{value}
	return t, bad
}

// set reads "in (…)" or "notin (…)", if that follows the key.
func (p *selectorParser) set(t term) (term, *flaw) {
	p.end()
	start := p.at
	switch word := p.word(); word {
	case "in", "notin":
		t.not, t.exists = word == "notin", false
	case "":
		return t, nil
	default:
		p.at = start
		return t, p.flaw(fmt.Sprintf("%s is neither =, !=, in nor notin", quote(word)), selectorForm)
	}
	if !p.take("(") {
		return t, p.flaw("a ( is missing", "write zone in (a, b)")
	}
	for {
		value, bad := p.value(false)
		if bad != nil {
			return t, bad
		}
		t.values = append(t.values, value)
		switch {
		case p.take(")"):
			return t, nil
		case !p.take(","):
			return t, p.flaw("a comma or a ) is missing", "write zone in (a, b)")
		}
	}
}

// key reads the key of a label.
func (p *selectorParser) key() (string, *flaw) {
	p.end()
	start := p.at
	key := p.word()
	if labelKey.MatchString(key) {
		return key, nil
	}
	p.at = start
	if key == "" {
		return "", p.flaw("a label is missing", selectorForm)
	}
	return "", p.flaw(fmt.Sprintf("no label has the key %s", quote(key)), keyHint(key))
}

// value reads the value of a label, in double quotes where it has characters that
// a selector uses itself. After a sign it may be left out, and is empty then.
func (p *selectorParser) value(mayBeEmpty bool) (string, *flaw) {
	p.end()
	start, value := p.at, ""
	if quoted, err := strconv.QuotedPrefix(p.text[p.at:]); err == nil && quoted[0] == '"' {
		value, _ = strconv.Unquote(quoted) // QuotedPrefix has checked it
		p.at += len(quoted)
	} else if value = p.word(); value == "" && (!mayBeEmpty || !p.end() && p.text[p.at] != ',') {
		return "", p.flaw("a value is missing", `put a value with spaces or signs in quotes: owner="a, b"`)
	}
	if n := utf8.RuneCountInString(value); n > maxLabelValue {
		p.at = start
		return "", p.flaw(fmt.Sprintf("the value has %d characters; no label has more than %d", n, maxLabelValue), "")
	}
	return value, nil
}

// word reads characters that have no meaning of their own in a selector.
func (p *selectorParser) word() string {
	rest := p.text[p.at:]
	end := strings.IndexFunc(rest, func(c rune) bool { return !wordRune(c) })
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

func wordRune(c rune) bool { return c > ' ' && !strings.ContainsRune(`,()=!<>"`, c) }
