package render

import "strings"

// summary is one screen of what is done to whom, and says how to see all.
func (s Style) summary(r review) string {
	var b strings.Builder
	for _, sec := range r.Sections {
		if sec.Kind == kindNote {
			continue
		}
		s.listed(&b, titleColor(sec.Kind), sec.title(), sec.members().ranges(), !sec.Kind.losesData())
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n" + b.String() + "\n" + s.paragraph(dim, "This is a summary; --full shows every server with its reasons.")
}
