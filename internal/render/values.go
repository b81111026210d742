package render

import (
	"slices"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/vps-fleet/fleet/fleet"
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
	shown := slices.DeleteFunc(slices.Clone(changes), func(f planner.FieldChange) bool { return likewise(changes[0], f) })
	widest := 0
	for _, f := range shown {
		name, _, _ := fieldWords(f)
		widest = max(widest, width(name)+1)
	}
	lines := make([]line, len(shown))
	for i, f := range shown {
		name, _, _ := fieldWords(f)
		lines[i] = s.line(dim, name).pad(widest).plus(s.fieldChange(f))
	}
	if len(shown) < len(changes) {
		lines[0] = lines[0].plus(s.line(plain, ", hostname likewise"))
	}
	return lines
}

// likewise reports whether a hostname changes with the name of its server, and in
// nothing else.
func likewise(name, hostname planner.FieldChange) bool {
	if name.Field != fleet.FieldName || hostname.Field != fleet.FieldHostname {
		return false
	}
	was, n := withoutName(text(hostname.From), text(name.From))
	is, m := withoutName(text(hostname.To), text(name.To))
	return n > 0 && n == m && was == is
}

func text(v planner.Value) string {
	s, _ := v.AsText()
	return s
}
