package render

import (
	"strconv"

	"github.com/vps-fleet/fleet/fleet"
)

// minRange is the least names that are shown as a range.
const minRange = 2

// ranges lists names shorter, as a fleet file writes them. What is no name of
// letters, digits and hyphens could pass for something else, so it is in quotes.
func ranges(names []string) []string {
	var list []string
	for _, s := range fleet.FindSeries(names, minRange) {
		if len(s.Names) == 1 && !fleet.ValidName(s.Key) {
			s.Key = strconv.Quote(s.Key)
		}
		list = append(list, s.Key)
	}
	return list
}
