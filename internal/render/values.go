package render

import (
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/vps-fleet/fleet/planner"
)

// maxDiff is the longest value, in bytes, whose changed part is looked for; the
// search takes quadratic time, and in longer text nobody sees it.
const maxDiff = 512

// part is a piece of a value, escaped.
type part struct {
	Text    string
	Changed bool
}

// changedParts are the pieces of a field's old and new value, marked where they
// differ. Two texts are compared in whole characters, always with the same outcome:
// a time limit would make it depend on the machine. All else differs as a whole.
func changedParts(f planner.FieldChange) (old, new []part) {
	from, fromText := f.From.AsText()
	to, toText := f.To.AsText()
	if !fromText || !toText || from == "" || to == "" || len(from)+len(to) > maxDiff {
		_, from, to := fieldWords(f)
		return []part{{Escape(from), true}}, []part{{Escape(to), true}}
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	for _, x := range d.DiffCleanupSemantic(d.DiffMainRunes([]rune(from), []rune(to), false)) {
		p := part{Escape(x.Text), x.Type != diffmatchpatch.DiffEqual}
		if x.Type != diffmatchpatch.DiffInsert {
			old = append(old, p)
		}
		if x.Type != diffmatchpatch.DiffDelete {
			new = append(new, p)
		}
	}
	return old, new
}

// fieldChange shows old → new, in colour with the parts marked that differ.
func (s Style) fieldChange(f planner.FieldChange) line {
	if !s.Color { // nothing shows the parts
		_, from, to := fieldWords(f)
		return s.line(plain, Escape(from+" → "+to))
	}
	old, new := changedParts(f)
	return s.parts(old, red, removed).plus(s.line(plain, " → ")).plus(s.parts(new, green, added))
}

// parts paints a value that differs as a whole, or what differs in it.
func (s Style) parts(parts []part, whole, changed color) line {
	if len(parts) == 1 && parts[0].Changed {
		return s.line(whole, parts[0].Text)
	}
	var l line
	for _, p := range parts {
		c := plain
		if p.Changed {
			c = changed
		}
		l = l.plus(s.line(c, p.Text))
	}
	return l
}

// fields shows a change's fields, one a line, their names aligned.
func (s Style) fields(changes []planner.FieldChange) []line {
	width := 0
	for _, f := range changes {
		name, _, _ := fieldWords(f)
		width = max(width, utf8.RuneCountInString(name)+2)
	}
	lines := make([]line, len(changes))
	for i, f := range changes {
		name, _, _ := fieldWords(f)
		lines[i] = s.line(dim, name).pad(width).plus(s.fieldChange(f))
	}
	return lines
}
