package render

// groupRow shows a group: what it changes, what is lost, why, and who is in it.
func (s Style) groupRow(g group) row {
	r := row{symbol: g.Symbol, color: meanings[g.Kind].color, name: g.subject(), verb: string(g.Action),
		details: s.fields(g.Fields), remark: g.Reason, hint: g.Hint}
	if len(g.Members) > 1 {
		r.list = g.names()
	}
	what, warning := s.line(plain, Escape(g.what())), s.line(red, Escape(g.warning()))
	if warning.width > 0 {
		warning = s.line(red, "! ").plus(warning)
	}
	switch {
	case what.width > 0:
		r.details, r.warning = append(r.details, what), warning
	case warning.width > 0:
		r.details = append(r.details, warning)
	}
	return r
}

// groupRows shows the groups of a section. A reason that the change above has
// too, as in a range, is not said again.
func (s Style) groupRows(sec section) []row {
	rows := make([]row, len(sec.Groups))
	for i, g := range sec.Groups {
		rows[i] = s.groupRow(g)
		if g.Action != "" && i > 0 && sec.Groups[i-1].Action == g.Action && sec.Groups[i-1].Reason == g.Reason {
			rows[i].remark = ""
		}
	}
	return rows
}
