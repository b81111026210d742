package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Column is one of the things that a table tells of each server.
type Column struct {
	Name  string // as people ask for it, in the API's words where it has some
	Value func(Server) string
}

// The columns of a table, of a wide one, and those that need a server's detail.
var (
	TableColumns  = []string{"name", "status", "ip_address", "location", "plan", "os", "price_monthly", "listed", "drift"}
	WideColumns   = append(slices.Clone(TableColumns), "hostname", "labels", "id")
	DetailColumns = []string{"ipv6_address"}
)

// labelColumn begins the name of a column that shows one label.
const labelColumn = "label:"

var columns = []Column{
	{"name", func(s Server) string { return s.Name }},
	{"status", func(s Server) string { return s.Status }},
	{"ip_address", func(s Server) string { return addressText(s.IPv4) }},
	{"ipv6_address", func(s Server) string { return addressText(s.IPv6) }},
	{"hostname", func(s Server) string { return s.Hostname }},
	{"location", func(s Server) string { return s.Location }},
	{"plan", func(s Server) string { return cmp.Or(s.Plan.Name, s.Plan.ID) }},
	{"os", func(s Server) string { return cmp.Or(s.OS.Name, s.OS.ID) }},
	{"price_monthly", func(s Server) string { return moneyText(s.Monthly) }},
	{"listed", func(s Server) string { return cmp.Or(s.Listed, "unlisted") }},
	{"drift", func(s Server) string { return strings.Join(s.Drift, " ") }},
	{"labels", labelsText},
	{"id", func(s Server) string { return s.ID }},
}

// ColumnNames are the names of all columns but those of labels.
func ColumnNames() (names []string) {
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

// ColumnsOf finds columns by their names; label:KEY is the value of a label. The
// error names the columns there are.
func ColumnsOf(names []string) ([]Column, error) {
	found := make([]Column, len(names))
	for i, name := range names {
		at := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
		key, isLabel := strings.CutPrefix(name, labelColumn)
		switch {
		case at >= 0:
			found[i] = columns[at]
		case isLabel && key != "":
			found[i] = Column{name, func(s Server) string { return s.Labels[key] }}
		default:
			return nil, UnknownColumn(name)
		}
	}
	return found, nil
}

// UnknownColumn is a name that no column has.
type UnknownColumn string

func (u UnknownColumn) Error() string { return fmt.Sprintf("%q is not a column", string(u)) }

// Hint names the columns.
func (u UnknownColumn) Hint() string {
	return "the columns are " + strings.Join(ColumnNames(), ", ") + " and " + labelColumn + "KEY"
}

// Sort orders servers by a column as people do, web-2 before web-10, and where
// that is equal by name and id.
func Sort(servers []Server, by Column) {
	slices.SortStableFunc(servers, func(a, b Server) int {
		return cmp.Or(fleet.CompareNames(by.Value(a), by.Value(b)), fleet.CompareNames(a.Name, b.Name), fleet.CompareNames(a.ID, b.ID))
	})
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func moneyText(m *fleet.Money) string {
	if m == nil {
		return ""
	}
	return m.String()
}

// labelsText is role=web,tier=1, by key.
func labelsText(s Server) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		pairs = append(pairs, key+"="+s.Labels[key])
	}
	return strings.Join(pairs, ",")
}
