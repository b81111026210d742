package help

import (
	"strings"

	"github.com/vps-fleet/fleet/docs"
	"gopkg.in/yaml.v3"
)

// schemaNode is an object of the fleet file's schema: keys and values in turn, in the
// order of the text.
type schemaNode struct{ *yaml.Node }

// at is the value of a key; nil where there is none.
func (n schemaNode) at(key string) schemaNode {
	if n.Node != nil {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return schemaNode{n.Content[i+1]}
			}
		}
	}
	return schemaNode{}
}

// resolved is what an object refers to, or itself.
func (n schemaNode) resolved(root schemaNode) schemaNode {
	if ref := n.at("$ref"); ref.Node != nil {
		return root.at("$defs").at(strings.TrimPrefix(ref.Value, "#/$defs/"))
	}
	return n
}

// FileKeys are the keys of a fleet file as its schema explains them: those of the
// file, those of an entry, and those of each group of others.
func FileKeys() []List {
	var document yaml.Node
	if err := yaml.Unmarshal(docs.FleetSchema, &document); err != nil {
		panic("the schema of fleet files is no JSON: " + err.Error()) // it is part of the program
	}
	root := schemaNode{document.Content[0]}
	lists := []List{
		{"In the file", keyRows(root, root)},
		{"In an entry of servers, and in defaults", keyRows(root, root.at("$defs").at("entry"))},
	}
	groups := root.at("properties")
	for i := 0; i+1 < len(groups.Content); i += 2 {
		name, group := groups.Content[i].Value, schemaNode{groups.Content[i+1]}
		if name == "defaults" || name == "servers" {
			continue
		}
		for _, object := range []schemaNode{group, group.at("additionalProperties"), group.at("items")} {
			if rows := keyRows(root, object.resolved(root)); len(rows) > 0 {
				lists = append(lists, List{"In " + name, rows})
			}
		}
	}
	return append(lists, List{"In a probe of ready or gate", keyRows(root, root.at("$defs").at("probe"))})
}

// keyRows are the keys of an object with what they are for.
func keyRows(root, object schemaNode) (rows []Row) {
	keys := object.at("properties")
	if keys.Node == nil {
		return nil
	}
	for i := 0; i+1 < len(keys.Content); i += 2 {
		rows = append(rows, Row{keys.Content[i].Value, description(root, schemaNode{keys.Content[i+1]})})
	}
	return rows
}

// description is what a key is for: its own words, or else those of what it refers to
// or lists.
func description(root, key schemaNode) string {
	for key.Node != nil {
		if own := key.at("description"); own.Node != nil {
			return own.Value
		}
		if key.at("$ref").Node != nil {
			key = key.resolved(root)
		} else {
			key = key.at("items")
		}
	}
	return ""
}
