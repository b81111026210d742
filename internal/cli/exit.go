package cli

import (
	"errors"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/help"
)

// Outcomes that are not mistakes but have an exit code of their own.
var (
	errChangesPending = errors.New("the servers are not as the file says")
	errIncomplete     = errors.New("the apply is incomplete")
	errInterrupted    = errors.New("interrupted")
)

// exitCode is the one place that knows the exit codes.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errChangesPending):
		return 2 // only drift, and plan --detailed-exitcode
	case errors.Is(err, errIncomplete):
		return 3 // something failed, is unknown, blocked, not started or not saved
	case errors.Is(err, errInterrupted):
		return 130
	default:
		return 1 // an error; no changes were made
	}
}

// exits are what the exit codes of the commands mean: of those that are named, or
// of all.
var exits = []struct {
	code     int
	meaning  string
	commands []string
}{
	{0, "fine", nil},
	{1, "an error, nothing was changed", nil},
	{2, "the servers differ from the file", []string{"drift"}},
	{2, "with --detailed-exitcode, changes are pending or blocked", []string{"plan"}},
	{3, "something failed, is in doubt or not ready, is blocked, was not started, or could not be saved", []string{"apply"}},
	{130, "interrupted", []string{"apply", "drift", "get", "import", "list", "plan"}},
}

// exitRows are the exit codes of a command, as its help tells them; of fleet itself
// all, with the commands that have them.
func exitRows(cmd *cobra.Command) (rows []help.Row) {
	for _, e := range exits {
		text := e.meaning
		switch {
		case e.commands == nil || slices.Contains(e.commands, cmd.Name()):
		case cmd.HasParent():
			continue
		case len(e.commands) == 1:
			text = e.commands[0] + ": " + text
		}
		rows = append(rows, help.Row{Head: strconv.Itoa(e.code), Text: text})
	}
	return rows
}

// isShown reports whether an error only carries an exit code: what it stands for
// is on the screen already.
func isShown(err error) bool {
	return errors.Is(err, errChangesPending) || errors.Is(err, errIncomplete)
}

// refusal is an error with what to do about it.
type refusal struct{ text, hint string }

func (r refusal) Error() string { return r.text }

// Hint says what to do next.
func (r refusal) Hint() string { return r.hint }
