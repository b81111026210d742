package render

import (
	"fmt"
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
	return text + leftText(r.Left, s)
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
	b.WriteString(unmanagedText(r.Unmanaged, s))
	b.WriteString(leftText(r.Left, s))
	return b.String()
}

// unmanagedText tells of fields that are not written.
func unmanagedText(list []importer.Unmanaged, s Style) string {
	var b strings.Builder
	for _, u := range list {
		b.WriteString(sentenceLines(fmt.Sprintf("Not managed: %s of %s, since a fleet file takes no such value: %s.", u.Field, Escape(u.Name), strconv.Quote(u.Value)), s))
	}
	return b.String()
}

// leftText tells of each server that was left out why, and what would manage it.
func leftText(left []importer.Left, s Style) string {
	var b strings.Builder
	for _, l := range left {
		b.WriteString(sentenceLines("Left out: "+leftSentence(l), s))
		if l.Lines != "" {
			b.WriteString(EscapeLines(l.Lines))
		}
	}
	return b.String()
}

// sentenceLines is a sentence on lines as wide as the terminal.
func sentenceLines(sentence string, s Style) string {
	return strings.Join(Wrap(sentence, s.width()), "\n") + "\n"
}

// leftSentence says why a server was left out. What ends in a colon goes on with
// lines of a fleet file.
func leftSentence(l importer.Left) string {
	who, at := Escape(l.Server.Name), Escape(l.At.String())
	if l.Server.ID != "" {
		who = fmt.Sprintf("%s (%s)", who, Escape(l.Server.ID))
	}
	switch l.Why {
	case importer.WhyStatus:
		return fmt.Sprintf("%s is %s, so that its entry would be blocked. Import it when it is active, or list it all the same:", who, Escape(string(l.Server.Status)))
	case importer.WhyName:
		return who + " has a name that no entry can have. This entry renames it:"
	case importer.WhyNext:
		return who + " has the name of an unfinished replacement."
	case importer.WhyDuplicate:
		return fmt.Sprintf("%s has the name of server %s, and no two entries have one name. This entry renames it:", who, Escape(l.Other))
	case importer.WhyUnclear:
		return fmt.Sprintf("%s may be what the entry at %s means, and so may another server of that name. This line in the entry says that it is:", who, at)
	case importer.WhyTaken:
		return fmt.Sprintf("%s has a name whose entry, at %s, stands for another server. This entry renames it:", who, at)
	case importer.WhyCase:
		return fmt.Sprintf("%s has the name of the entry at %s in another case. Pin that entry's server with id:, and import again.", who, at)
	case importer.WhyRenamed:
		return fmt.Sprintf("%s has the name from which the entry at %s is renamed. Remove renamed_from there, and import again.", who, at)
	case importer.WhyID:
		return who + " can be told by its id alone, and a fleet file takes no such id."
	case importer.WhyField:
		return fmt.Sprintf("%s has a %s that a fleet file does not take.", who, l.Field)
	case importer.WhyMissing:
		return fmt.Sprintf("%s does not exist. Where that is meant, remove it at %s.", who, at)
	case importer.WhyRename:
		return fmt.Sprintf("%s is named %s now. Rename its entry, at %s.", who, strconv.Quote(l.Other), at)
	}
	return fmt.Sprintf("%s differs from %s in more than values of fields; fleet drift tells how.", who, at)
}
