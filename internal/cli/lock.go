package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/internal/state"
)

func newLock(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lock",
		Short: "Show which applies are under way, and where",
		Long: `Show who has the lock of an account: the applies that are under way, with the host,
process and command of each, and since when. One account has one apply at a time,
whatever its fleet files own; the others wait as long as --wait says.

In a state of several hosts the lock is a lease with an epoch. It ends by itself two
minutes after its process has died; unlock ends it at once. Nothing is sent to the API
and nothing is changed.`,
		Example: "  fleet lock\n  fleet lock --json",
		Args:    noArguments("it shows the locks of all accounts"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.lock(cmd.Context()) },
	}
	c.flags.forState(cmd.Flags())
	cmd.Flags().BoolVar(&c.flags.json, "json", false, "write a JSON document to stdout")
	return cmd
}

func (c *command) lock(ctx context.Context) error {
	locks, err := c.locks(ctx)
	switch {
	case err != nil:
		return err
	case c.flags.json:
		return written(writeLocksJSON(c.Stdout, locks))
	case len(locks) == 0:
		_, err := io.WriteString(c.Stdout, "No apply is under way.\n")
		return written(err)
	}
	return written(writeLocks(c.Stdout, locks))
}

// locks are the locks of all accounts in the store.
func (c *command) locks(ctx context.Context) ([]state.Lock, error) {
	store, err := c.store()
	if err != nil {
		return nil, err
	}
	switch s := store.(type) {
	case noStore:
		return nil, s.err
	case interface {
		Locks(context.Context) ([]state.Lock, error)
	}:
		return s.Locks(ctx)
	}
	return nil, fmt.Errorf("a %T has no locks", store)
}

func writeLocks(w io.Writer, locks []state.Lock) error {
	rows := [][]string{{"ACCOUNT", "HOST", "PROCESS", "FOR", "EPOCH", "ENDS IN", "COMMAND", "ENDPOINT"}}
	for _, l := range locks {
		account, epoch, left := l.Key.Account, "-", "-"
		if account == "" {
			account = "(unknown)"
		}
		if l.Epoch > 0 {
			epoch, left = strconv.FormatInt(l.Epoch, 10), l.Left.Round(time.Second).String()
		}
		rows = append(rows, []string{account, l.Holder.Host, strconv.Itoa(l.Holder.PID), l.Age.Round(time.Second).String(), epoch, left, l.Holder.Command, l.Key.Endpoint})
	}
	return writeTable(w, rows)
}

// lockJSON is a lock in the document of lock --json.
type lockJSON struct {
	Account  string `json:"account"`
	Endpoint string `json:"endpoint"`
	apply.Holder
	Seconds int64 `json:"seconds"`              // that it has been held
	Epoch   int64 `json:"epoch,omitempty"`      // of a lease
	Left    int64 `json:"ends_after,omitempty"` // seconds
}

func writeLocksJSON(w io.Writer, locks []state.Lock) error {
	doc := struct {
		FormatVersion int        `json:"format_version"`
		Locks         []lockJSON `json:"locks"`
	}{1, []lockJSON{}}
	for _, l := range locks {
		doc.Locks = append(doc.Locks, lockJSON{l.Key.Account, l.Key.Endpoint, l.Holder, int64(l.Age.Seconds()), l.Epoch, int64(l.Left.Seconds())})
	}
	return render.WriteJSON(w, doc)
}
