package inventory

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// writeCSV is a table for spreadsheets and scripts, with the columns' names above.
func writeCSV(servers []Server, o Options) ([]byte, []Omitted, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	record := make([]string, len(o.Columns))
	if !o.NoHeader {
		for i, c := range o.Columns {
			record[i] = cell(c.Name)
		}
		w.Write(record)
	}
	for _, s := range servers {
		for i, c := range o.Columns {
			record[i] = cell(c.Value(s))
		}
		w.Write(record)
	}
	w.Flush()
	return b.Bytes(), nil, w.Error()
}

// cell keeps a text from being a formula where a spreadsheet opens the file, by a
// quote before it, and from holding anything that does not show.
func cell(text string) string {
	text = fleet.Escape(text)
	if strings.IndexAny(strings.TrimLeft(text, " "), "=+-@＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}
