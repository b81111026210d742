package render

import (
	"cmp"
	"fmt"
	"strings"
)

// driftMarkdown is drift by what an apply would do about it.
func driftMarkdown(r Run) document {
	v := reviewDrift(r.Drift, r.Plan)
	var open, folded mdTable
	var titles []string
	for _, s := range v.Sections {
		if s.Kind != kindUnlisted && s.Kind != kindPending {
			open.parts = append(open.parts, planPart(v.review, s))
			continue
		}
		folded.parts = append(folded.parts, planPart(v.review, s))
		titles = append(titles, shortTitle(s))
	}
	folded.summary = foldTitle(titles)
	foot := ""
	if next := v.next(); next != nil {
		foot = "\n**Next:** " + joined(next, "", phrase.markdown) + "\n"
	}
	if f := r.Drift.Fingerprint(); f != "" {
		foot += "\nFingerprint: `" + f + "`\n"
	}
	return document{head: driftOpening(v), tables: []mdTable{open, folded}, foot: foot + origin(r.Plan, v.File)}
}

// driftOpening says the worst of a drift.
func driftOpening(v driftReview) string {
	heading := "fleet drift: " + cmp.Or(v.headline(""), "none")
	switch lost := v.losses(); {
	case v.headline("") == "":
		return opening(heading, note, strings.TrimPrefix(v.total(false), "No drift. "))
	case lost > 0:
		return opening(heading, caution, fmt.Sprintf("**An apply would destroy the data of %s.**", servers(lost)))
	}
	return opening(heading, warning, "An apply would destroy no data.")
}

// markdown is a phrase that holds no text from outside.
func (p phrase) markdown() string {
	if p.Code {
		return "`" + p.Text + "`"
	}
	return p.Text
}
