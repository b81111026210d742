package render

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/internal/importer"
)

// Accepted tells what was accepted, beside the text of the files.
func Accepted(r *importer.Result, s Style) string {
	text := "Nothing to accept.\n"
	if n := len(r.Servers); n > 0 {
		text = fmt.Sprintf("%s in %s.\n", servers(n), entries(r.Entries))
	}
	return text + s.leftOut(r.Left)
}

// Inherited tells which fields entries say themselves from now on, and where they
// had them from. It can stand in front of a diff: patch passes over it.
func Inherited(r *importer.Result) string {
	var b strings.Builder
	for _, i := range r.Inherited {
		fmt.Fprintf(&b, "# %s of %s came from %s, and is written in its entry now.\n", i.Field, Escape(i.Name), Escape(i.From.String()))
	}
	return b.String()
}

// Imported tells what an import comes to, beside the text of the files.
func Imported(r *importer.Result, s Style) string {
	var b strings.Builder
	switch n := len(r.Servers); {
	case n > 0:
		fmt.Fprintf(&b, "%s in %s.", servers(n), entries(r.Entries))
		if r.Existing > 0 {
			fmt.Fprintf(&b, " Listed already: %d.", r.Existing)
		}
		b.WriteByte('\n')
	case r.Existing > 0:
		b.WriteString("Nothing to import: every server that can be listed is.\n")
	default:
		b.WriteString("Nothing to import.\n")
	}
	for _, u := range r.Unmanaged {
		b.WriteString(s.sentence(fmt.Sprintf("Not managed: %s of %s, since a fleet file takes no such value: %s.", u.Field, Escape(u.Name), strconv.Quote(u.Value))))
	}
	b.WriteString(s.leftOut(r.Left))
	return b.String()
}

// leftOut tells of each server that was left out why, and what would manage it.
func (s Style) leftOut(left []importer.Left) string {
	var b strings.Builder
	for _, l := range left {
		b.WriteString(s.sentence("Left out: "+leftSentence(l)) + EscapeLines(l.Lines))
	}
	return b.String()
}

// sentence is a sentence on lines as wide as the terminal.
func (s Style) sentence(text string) string { return strings.Join(Wrap(text, s.width()), "\n") + "\n" }

// leftSentences say why a server was left out. What stands behind a $ is filled in. What
// ends in a colon goes on with lines of a fleet file.
var leftSentences = map[importer.Why]string{
	importer.WhyStatus:    "$who is $status, so that its entry would be blocked. Import it when it is active, or list it all the same:",
	importer.WhyName:      "$who has a name that no entry can have. This entry renames it:",
	importer.WhyNext:      "$who has the name of an unfinished replacement.",
	importer.WhyDuplicate: "$who has the name of server $other, and no two entries have one name. This entry renames it:",
	importer.WhyUnclear:   "$who may be what the entry at $at means, and so may another server of that name. This line in the entry says that it is:",
	importer.WhyTaken:     "$who has a name whose entry, at $at, stands for another server. This entry renames it:",
	importer.WhyCase:      "$who has the name of the entry at $at in another case. Pin that entry's server with id:, and import again.",
	importer.WhyRenamed:   "$who has the name from which the entry at $at is renamed. Remove renamed_from there, and import again.",
	importer.WhyID:        "$who can be told by its id alone, and a fleet file takes no such id.",
	importer.WhyField:     "$who has a $field that a fleet file does not take.",
	importer.WhyMissing:   "$who does not exist. Where that is meant, remove it at $at.",
	importer.WhyOther:     "$who differs from $at in more than values of fields; fleet drift tells how.",
	importer.WhyRename:    "$who is named $name now. Rename its entry, at $at.",
}

// leftSentence says why a server was left out.
func leftSentence(l importer.Left) string {
	return os.Expand(leftSentences[l.Why], func(word string) string {
		return map[string]string{"who": Escape(withID(l.Server.Name, l.Server.ID)), "at": Escape(l.At.String()), "status": Escape(string(l.Server.Status)),
			"other": Escape(l.Other), "name": strconv.Quote(l.Other), "field": string(l.Field)}[word]
	})
}
