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
	if isNew {
		c.of(j.Into).Old = nil
	} else if err := c.of(j.Into).insert(entries); err != nil {
		return err
	}
	r.Files, err = c.files()
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
	var last []fleet.NewEntry
	for _, e := range entries {
		keys := families[family(e.Key)]
		if len(keys) == 0 {
			last = append(last, e)
			continue
		}
		e.Apart = false
		if err := c.add(c.layout.Insert(placeOf(e.Key, keys), e)); err != nil {
			return err
		}
	}
	if len(last) == 0 {
		return nil
	}
	last[0].Apart = len(families) > 0
	return c.add(c.layout.Insert(fleet.Place{}, last...))
}

// placeOf is the place of a key among the sorted ones of its family.
func placeOf(key string, sorted []string) fleet.Place {
	smaller, _ := slices.BinarySearchFunc(sorted, key, fleet.CompareNames)
	if smaller == 0 {
		return fleet.Place{Key: sorted[0], Before: true}
	}
	return fleet.Place{Key: sorted[smaller-1]}
}
