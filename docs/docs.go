// Package docs hands the documents in this folder to the command that has to tell them.
package docs

import _ "embed"

// FleetSchema is the JSON Schema of fleet files.
//
//go:embed fleet.schema.json
var FleetSchema []byte
