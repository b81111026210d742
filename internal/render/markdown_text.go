package render

import (
	"regexp"
	"strings"
)

// Text from outside stands in cells of HTML tables, which Markdown leaves alone. What
// would still find a link, a mention, a reference or an emoji there looks at text
// that is not code. So what could be one is code.

// harmless is a word in which there is none of these: letters, figures and the marks
// of sentences, but none of the ways to write a reference, such as GH-1.
var (
	harmless  = regexp.MustCompile(`^[(“"']?[\p{L}\p{N}]+([-'’…–][\p{L}\p{N}]+|[.,][0-9]+)*[)”"']?[.,:;?!]?$|^([→+×·…–-]|[?]|[+-][0-9.]+|[0-9.]+%[.,;]?|:[0-9]+(…[0-9]+)?)$`)
	reference = regexp.MustCompile(`[A-Z][A-Z0-9]*-[0-9]|^[0-9a-f]{7,}$`)
)

// around are the marks of a sentence before and after what is code.
var around = regexp.MustCompile(`^([(“]?)(.*?)([.,;:)”]*)$`)

// block is a part of a fleet file on one line: its words are code together.
var block = regexp.MustCompile(`[\w-]+: \{ .*\}`)

// inBlock stands between the words of a block; no escaped text has it.
const inBlock = "\x00"

// mdText is text in a cell: words as they are, all else as code.
func mdText(text string) string {
	var b strings.Builder
	isCode := false
	end := func() {
		if isCode {
			b.WriteString("</code>")
			isCode = false
		}
	}
	text = block.ReplaceAllStringFunc(Escape(text), func(s string) string { return strings.ReplaceAll(s, " ", inBlock) })
	for i, w := range strings.Split(text, " ") {
		parts := around.FindStringSubmatch(w)
		before, odd, after := parts[1], parts[2], parts[3]
		if harmless.MatchString(w) && !reference.MatchString(w) || odd == "" {
			before, odd, after = w, "", ""
		}
		if odd == "" && w != "" || before != "" {
			end()
		}
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(breakable(before))
		if odd != "" {
			if !isCode {
				b.WriteString("<code>")
				isCode = true
			}
			b.WriteString(breakable(strings.ReplaceAll(odd, inBlock, " ")))
		}
		if after != "" {
			end()
			b.WriteString(after)
		}
	}
	end()
	return b.String()
}

// mdCode is text in a cell, such as names, as code.
func mdCode(text string) string { return "<code>" + breakable(Escape(text)) + "</code>" }

// longWord is the longest word that a phone need not break.
const longWord = 20

// breakable is escaped text as HTML, in which long words may be broken, after a mark
// where they have one, so that no phone has to scroll.
func breakable(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		var b strings.Builder
		for chars := []rune(w); len(chars) > 0; {
			n := len(chars)
			if n > longWord {
				n = longWord
				for at := longWord; at > longWord/2; at-- {
					if strings.ContainsRune("-./:,_", chars[at-1]) {
						n = at
						break
					}
				}
			}
			b.WriteString(entities.Replace(string(chars[:n])))
			if chars = chars[n:]; len(chars) > 0 {
				b.WriteString("<wbr>")
			}
		}
		words[i] = b.String()
	}
	return strings.Join(words, " ")
}

// entities are what would begin or end a tag, or stand for another character.
var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
