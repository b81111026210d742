package probe

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

// expand puts what is known of a server into a text, each value as form would have it.
// A value that is not known is an error: a probe without it would ask something else.
func expand(text string, t apply.Target, form func(string) string) (string, error) {
	var missing error
	text = fleet.Expand(text, func(placeholder string) string {
		value, err := valueOf(placeholder, t)
		if missing == nil {
			missing = err
		}
		return form(value)
	})
	return text, missing
}

// asIs is the form of values that stand by themselves.
func asIs(value string) string { return value }

func valueOf(placeholder string, t apply.Target) (value string, err error) {
	if key, isLabel := strings.CutPrefix(placeholder, fleet.DomainLabel); isLabel {
		value, ok := t.Labels[key]
		if !ok {
			return "", fmt.Errorf("no label %s", key)
		}
		return value, nil
	}
	switch placeholder {
	case "name":
		return t.Name, nil
	case "hostname":
		value, err = t.Hostname, errors.New("no hostname")
	case "ip":
		value, err = t.IP, errNoAddress
	case "id":
		value, err = t.ID, errors.New("no id yet")
	case "location":
		value, err = t.Location, errors.New("no location")
	default:
		return "", fmt.Errorf("no value for {%s}", placeholder)
	}
	if value != "" {
		err = nil
	}
	return value, err
}
