package render

import (
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
	"github.com/vps-fleet/fleet/planner"
)

// maxDiff is the longest value, in bytes, whose changed part is looked for; the
// search takes quadratic time, and in longer text nobody sees it.
const maxDiff = 512

// fieldChange shows old → new. In colour the part of a text that changed is
// marked; without colour both values stand as they are.
func (s Style) fieldChange(f planner.FieldChange) line {
	arrow := s.line(plain, " → ")
	from, fromText := f.From.AsText()
	to, toText := f.To.AsText()
	if !s.Color || !fromText || !toText || from == "" || to == "" || len(from)+len(to) > maxDiff {
		return s.line(red, Escape(f.From.String())).plus(arrow).plus(s.line(green, Escape(f.To.String())))
	}
	var old, new line
	for _, d := range changedParts(from, to) {
		switch text := Escape(d.Text); d.Type {
		case diffmatchpatch.DiffDelete:
			old = old.plus(s.line(removed, text))
		case diffmatchpatch.DiffInsert:
			new = new.plus(s.line(added, text))
		default:
			old, new = old.plus(s.line(plain, text)), new.plus(s.line(plain, text))
		}
	}
	return old.plus(arrow).plus(new)
}

// changedParts compares two values in whole characters, always with the same
// outcome: a time limit would make it depend on the machine.
func changedParts(from, to string) []diffmatchpatch.Diff {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	return d.DiffCleanupSemantic(d.DiffMainRunes([]rune(from), []rune(to), false))
}

// fields shows a change's fields, one a line, their names aligned.
func (s Style) fields(changes []planner.FieldChange) []line {
	width := 0
	for _, f := range changes {
		width = max(width, utf8.RuneCountInString(string(f.Field))+2)
	}
	lines := make([]line, len(changes))
	for i, f := range changes {
		lines[i] = s.line(plain, string(f.Field)+": ").pad(width).plus(s.fieldChange(f))
	}
	return lines
}
