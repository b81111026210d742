package render

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// block is a part of a Markdown document that can be unfolded: rows of text, of
// which the last may be truncated.
type block struct {
	title     string
	open      bool // unfolded from the start
	entries   []entry
	truncated int // how many entries are not shown, from the end
}

// entry is one row of a block.
type entry struct {
	row
	servers int
	kept    []string // names that are told even where the row is truncated
}

// entries are rows with the servers that they are about; groups may be nil.
func entries(rows []row, groups []group) []entry {
	list := make([]entry, len(rows))
	for i, r := range rows {
		list[i] = entry{row: r, servers: 1}
		if groups == nil {
			continue
		}
		list[i].servers = len(groups[i].Members)
		if g := groups[i]; g.Warning != "" {
			for _, m := range g.Members {
				list[i].kept = append(list[i].kept, m.Name)
			}
		}
	}
	return list
}

// fit puts a document together. Where it would be longer than maxBytes, the room
// goes to the first blocks first and the rest of their entries are truncated. Where even
// that is too long, what is left beside the error is the head, which says so.
func fit(head string, blocks []block, foot string, maxBytes int) ([]byte, error) {
	parts := make([]string, len(blocks))
	document := func() string { return head + strings.Join(parts, "") + truncationNote(blocks) + foot }
	fits := func(i, truncated int) bool {
		blocks[i].truncated = truncated
		parts[i] = blocks[i].markdown()
		return len(document()) <= maxBytes
	}
	for i := range blocks {
		fits(i, 0)
	}
	if text := document(); len(text) <= maxBytes {
		return []byte(text), nil
	}
	for i, b := range blocks {
		fits(i, len(b.entries))
	}
	if least := len(document()); least > maxBytes {
		err := tooLong{least, maxBytes}
		if text := head + "\nToo long: " + err.Error() + ".\n"; len(text) <= maxBytes {
			return []byte(text), err
		}
		return nil, err
	}
	for i, b := range blocks {
		fits(i, sort.Search(len(b.entries), func(truncated int) bool { return fits(i, truncated) }))
	}
	return []byte(document()), nil
}

// tooLong says that a document cannot be truncated to a length.
type tooLong struct{ least, allowed int }

func (e tooLong) Error() string {
	return fmt.Sprintf("it takes %d bytes to name every server that is deleted or replaced, and the totals; %d are allowed", e.least, e.allowed)
}

// Hint says what else there is.
func (tooLong) Hint() string {
	return "allow more with --max-bytes, or review the plan in another form"
}

// markdown is a block as it is unfolded, and what is truncated of it.
func (b block) markdown() string {
	shown := b.entries[:len(b.entries)-b.truncated]
	rows := make([]row, len(shown))
	for i, e := range shown {
		rows[i] = e.row
	}
	var text strings.Builder
	Style{}.table(&text, rows)
	text.WriteString(b.omitted())
	open := ""
	if b.open {
		open = " open"
	}
	return fmt.Sprintf("\n<details%s><summary>%s</summary>\n%s\n</details>\n", open, b.title, fenced("text", text.String()))
}

// omitted says what the truncated entries are: how many of each kind, and the names that
// have to be told.
func (b block) omitted() string {
	servers, kept := make(map[string]int), make(map[string][]string)
	var verbs []string
	for _, e := range b.entries[len(b.entries)-b.truncated:] {
		if servers[e.verb] == 0 {
			verbs = append(verbs, e.verb)
		}
		servers[e.verb] += e.servers
		kept[e.verb] = append(kept[e.verb], e.kept...)
	}
	text := ""
	for _, verb := range verbs {
		text += fmt.Sprintf("    and %d more", servers[verb])
		if verb != "" {
			text += " (" + verb + ")"
		}
		if names := ranges(kept[verb]); len(names) > 0 {
			text += ": " + Escape(strings.Join(names, ", "))
		}
		text += "\n"
	}
	return text
}

// truncationNote says what was truncated, if anything was.
func truncationNote(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		if b.truncated > 0 {
			parts = append(parts, entriesTruncated(b.truncated, len(b.entries))+" of “"+b.title+"”")
		}
	}
	if parts == nil {
		return ""
	}
	return "\nTruncated: the detail of " + strings.Join(parts, ", ") + ". The totals and the names of all servers that lose their data are here; `--html` and `--json` have everything.\n"
}

// entriesTruncated says how many of all entries are truncated.
func entriesTruncated(n, all int) string {
	switch {
	case all == 1:
		return "the only entry"
	case n == all:
		return fmt.Sprintf("all %d entries", all)
	}
	return fmt.Sprintf("%d of the %d entries", n, all)
}

// truncateLines shortens text to whole lines of about so many bytes.
func truncateLines(text string, maxBytes int) string {
	if len(text) <= maxBytes {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	size := 0
	n := slices.IndexFunc(lines, func(l string) bool { size += len(l); return size > maxBytes })
	return strings.Join(lines[:n], "") + fmt.Sprintf("… lines left out: %d\n", len(lines)-n-1)
}

// fenced is text as a code block, which no text in it can end.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return "\n" + fence + language + "\n" + text + fence + "\n"
}
