package render

// Meaning is a symbol of a plan or a result and what it stands for.
type Meaning struct{ Symbol, Meaning string }

// Symbols are the symbols of plans, in the order in which plans show them.
func Symbols() []Meaning {
	symbol := func(k kind) string { return meanings[k].symbol }
	return []Meaning{
		{symbol(kindDelete), "delete, its data is lost"},
		{symbol(kindReplace), "replace, the old server goes first, its data is lost"},
		{symbolCreateFirst, "replace, the new server comes first, the old one's data is lost"},
		{symbol(kindBlocked), "blocked, nothing is done to it"},
		{symbol(kindCreate), "create"},
		{symbol(kindUpdate), "update"},
		{symbolThenReboot, "update, then reboot"},
		{symbol(kindReboot), "reboot"},
		{symbol(kindStart), "start"},
		{symbol(kindStop), "stop"},
		{symbol(kindWait), "in transition, waited for"},
		{symbol(kindUnlisted), "unlisted, left alone"},
	}
}

// Outcomes are the symbols of results, in the order in which results show them.
func Outcomes() (list []Meaning) {
	for _, f := range fates {
		m := Meaning{fateMeanings[f].symbol, string(f)}
		if said := fateMeanings[f].said; said != "" {
			m.Meaning += ", " + said
		}
		list = append(list, m)
	}
	return list
}
