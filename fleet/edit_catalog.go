package fleet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// AddToCatalog gives names to ids of plans and of operating systems; each field is a
// name with its id. Where the file has no catalog it gets one, right before its
// servers. The error is Problems, where the text would have to be written anew.
func (l *Layout) AddToCatalog(plans, systems []FieldText) ([]Edit, error) {
	catalog := child(l.root, "catalog")
	var edits []Edit
	var groups []FieldText // that the catalog lacks
	for _, add := range []struct {
		kind  string
		names []FieldText
	}{{"plans", plans}, {"os", systems}} {
		names := slices.Clone(add.names)
		for i, n := range names {
			names[i].Field = Field(QuoteText(string(n.Field)))
		}
		switch group := childOf(catalog, add.kind); {
		case len(names) == 0:
		case group == nil:
			groups = append(groups, FieldText{Field(add.kind), flowFields(names)})
		case group.Kind != yaml.MappingNode:
			return nil, l.refuse(group, "names cannot be added to a catalog as it is written here")
		default:
			edits = append(edits, l.original([]Edit{l.addFields(group, names)})...)
		}
	}
	switch {
	case len(groups) == 0:
		return edits, nil
	case catalog == nil:
		return l.newCatalog(groups)
	case catalog.Kind != yaml.MappingNode:
		return nil, l.refuse(catalog, "names cannot be added to a catalog as it is written here")
	}
	return append(edits, l.original([]Edit{l.addFields(catalog, groups)})...), nil
}

// childOf is the value of a key; nil where there is no mapping at all.
func childOf(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	return child(n, key)
}

// newCatalog writes a catalog in front of the servers and of the comment right
// above them; where the file has none, at its end.
func (l *Layout) newCatalog(groups []FieldText) ([]Edit, error) {
	text := "catalog:\n"
	for _, g := range groups {
		text += fmt.Sprintf("  %s: %s\n", g.Field, g.Text)
	}
	key, _ := pairOf(l.root, "servers")
	switch {
	case l.root.Kind != yaml.MappingNode || l.root.Style&yaml.FlowStyle != 0:
		return nil, l.refuse(l.root, "a catalog cannot be added to a file as it is written here")
	case key == nil:
		end := len(bytes.TrimRight(l.file.data, "\n"))
		return l.edit(end, 0, "\n"+strings.TrimSuffix(text, "\n")), nil
	}
	line := key.Line - 1
	for line > 0 && l.isComment(line-1) {
		line--
	}
	return l.edit(l.lines[line], 0, text+"\n"), nil
}
