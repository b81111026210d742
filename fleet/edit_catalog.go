package fleet

import (
	"gopkg.in/yaml.v3"
)

// AddToCatalog gives names to ids of plans and of operating systems; each field is a
// name with its id, both as YAML writes them. Where the file has no catalog it gets
// one, right before its servers. The error is Problems, where the text would have to be
// written anew.
func (l *Layout) AddToCatalog(plans, systems []FieldText) ([]Edit, error) {
	catalog := child(l.root, "catalog")
	var edits []Edit
	var groups []FieldText // that the catalog lacks
	for i, names := range [][]FieldText{plans, systems} {
		kind := catalogKeys[i]
		switch group := child(catalog, kind); {
		case len(names) == 0:
		case group == nil:
			groups = append(groups, FieldText{Field(kind), flowFields(names)})
		case group.Kind != yaml.MappingNode:
			return nil, l.refuse(group, "names cannot be added to a catalog as it is written here")
		default:
			edits = append(edits, l.addFields(group, names))
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
	return append(edits, l.addFields(catalog, groups)), nil
}

// newCatalog writes a catalog in front of the servers and of the comment right
// above them; where the file has none, at its end.
func (l *Layout) newCatalog(groups []FieldText) ([]Edit, error) {
	text := NewEntry{Key: "catalog", Fields: groups}.lines("", "  ")
	switch key, _ := pairOf(l.root, "servers"); {
	case !l.isBlock(l.root):
		return nil, l.refuse(l.root, "a catalog cannot be added to a file as it is written here")
	case key == nil:
		return insertion(l.lastLineEnd(), "\n"+text), nil
	default:
		return insertion(l.above(key), text+"\n\n"), nil
	}
}
