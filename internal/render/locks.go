package render

import (
	"cmp"
	"io"
	"strconv"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
)

// Locks tells people which applies are under way.
func Locks(locks []state.Lock) string {
	if len(locks) == 0 {
		return "No apply is under way.\n"
	}
	rows := [][]string{{"ACCOUNT", "HOST", "PROCESS", "FOR", "EPOCH", "ENDS IN", "COMMAND", "ENDPOINT"}}
	for _, l := range locks {
		account, epoch, left := cmp.Or(l.Key.Account, "(unknown)"), "-", "-"
		if l.Epoch > 0 {
			epoch, left = strconv.FormatInt(l.Epoch, 10), l.Left.Round(time.Second).String()
		}
		rows = append(rows, []string{account, l.Holder.Host, strconv.Itoa(l.Holder.PID), l.Age.Round(time.Second).String(), epoch, left, l.Holder.Command, l.Key.Endpoint})
	}
	return inColumns(rows)
}

// LocksJSON writes which applies are under way as one document.
func LocksJSON(w io.Writer, locks []state.Lock) error {
	type lock struct {
		Account  string `json:"account"`
		Endpoint string `json:"endpoint"`
		apply.Holder
		Seconds int64 `json:"seconds"`              // that it has been held
		Epoch   int64 `json:"epoch,omitempty"`      // of a lease
		Left    int64 `json:"ends_after,omitempty"` // seconds
	}
	document := struct {
		FormatVersion int    `json:"format_version"`
		Locks         []lock `json:"locks"`
	}{1, []lock{}}
	for _, l := range locks {
		document.Locks = append(document.Locks, lock{l.Key.Account, l.Key.Endpoint, l.Holder, int64(l.Age.Seconds()), l.Epoch, int64(l.Left.Seconds())})
	}
	return WriteJSON(w, document)
}

// Intents tells people which creates no list has shown yet.
func Intents(open []apply.Intent) string {
	if len(open) == 0 {
		return "No open intents.\n"
	}
	rows := [][]string{{"NAME", "PLAN", "OS", "LOCATION", "SENT", "ACCOUNT", "ENDPOINT"}}
	for _, i := range open {
		rows = append(rows, []string{i.Name, i.Plan, i.OS, i.Location, i.At.UTC().Format(time.RFC3339), i.Account, i.Endpoint})
	}
	return inColumns(rows)
}
