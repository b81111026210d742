package importer

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// additions adds entries for all chosen servers to the files that there are.
func (j Job) additions(chosen []candidate, d defaults, n *names, r *Result) error {
	entries := newEntries(entriesOf(chosen), d, n)
	r.Entries = len(entries)
	texts := j.Texts
	isNew := !slices.ContainsFunc(texts, func(t fleet.Text) bool { return t.Name == j.Into })
	if isNew {
		texts = append(slices.Clone(texts), fleet.Text{Name: j.Into, Data: []byte("version: 1\n\n" + serversText(entries))})
	}
	c, err := openChanges(texts)
	if err != nil {
		return err
	}
	if err := c.addNames(n, j.Into); err != nil {
		return err
	}
	if !isNew {
		if err := c.of[j.Into].insert(entries); err != nil {
			return err
		}
	}
	r.Files, err = c.files(j.Texts)
	return err
}

// insert puts entries in their places: among those of their family, in natural
// order, and those that have none at the end.
func (c *change) insert(entries []fleet.NewEntry) error {
	families := make(map[string][]string)
	for _, k := range c.layout.Keys() {
		families[family(k)] = append(families[family(k)], k)
	}
	for _, keys := range families {
		slices.SortFunc(keys, fleet.CompareNames)
	}
	at := make(map[fleet.Place][]fleet.NewEntry)
	var places []fleet.Place
	for _, e := range entries {
		p := placeOf(e.Key, families[family(e.Key)])
		if at[p] == nil {
			places = append(places, p)
			e.Apart = p.Key == "" && len(families) > 0
		}
		at[p] = append(at[p], e)
	}
	if end := slices.Index(places, fleet.Place{}); end >= 0 { // behind what goes to the last entry
		places = append(slices.Delete(places, end, end+1), fleet.Place{})
	}
	for _, p := range places {
		edits, err := c.layout.Insert(p, at[p]...)
		if err != nil {
			return err
		}
		c.edits = append(c.edits, edits...)
	}
	return nil
}

// placeOf is the place of a key among the sorted ones of its family.
func placeOf(key string, sorted []string) fleet.Place {
	smaller, _ := slices.BinarySearchFunc(sorted, key, fleet.CompareNames)
	switch {
	case len(sorted) == 0:
		return fleet.Place{}
	case smaller == 0:
		return fleet.Place{Key: sorted[0], Before: true}
	}
	return fleet.Place{Key: sorted[smaller-1]}
}
