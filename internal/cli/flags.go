package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// flags are the values of all flags; which command takes which, flagGroups says.
type flags struct {
	files             texts
	fileIsGiven       bool // somebody has said which fleet file to read
	targets, excludes []string
	selectors         texts
	labels            fleet.Selector // all selectors together
	sandbox           string         // the file of the sandbox's servers; "" is the API
	tokenFile         string
	rate              float64
	requestTimeout    time.Duration
	detailsMaxAge     time.Duration // 0: details are always read
	json, noColor     bool
	logLevel          string
	logFormat         string

	allowDeletes, allowChanges uint
	allowCost                  fleet.Money
	allowEmpty                 bool
	only                       []string
	asked                      planner.Asked

	full, summary bool
	markdown      string
	html          string
	maxBytes      int
	gitlab        string

	out              string
	keep             bool
	detailedExitCode bool

	autoApprove, bootstrap bool
	overrides              apply.Overrides
	digest                 string
	parallelism            int
	pollInterval, timeout  time.Duration
	settle, wait           time.Duration
	journal, state         string
	maxCorrections         int

	since, once string
	metrics     string
	events      string

	list         listFlags
	detailFormat string // of get
	imports      importFlags
	epoch        int64 // of the lease that unlock ends
	listen       string
	seeds        uint16 // servers of a new sandbox
}

// newFlags are the flags that nobody has given.
func newFlags() flags {
	return flags{
		files: texts{"fleet.yaml"}, logLevel: "warn", logFormat: "console",
		requestTimeout: vpsorg.DefaultTimeout, parallelism: apply.DefaultParallelism, settle: apply.DefaultSettle, timeout: apply.DefaultTimeout,
		maxBytes: render.CommentBytes, maxCorrections: 3, detailFormat: "text", listen: "127.0.0.1:0",
		list: listFlags{Options: inventory.Options{User: "root", Port: 9100}, format: "table", sort: "name"},
	}
}

// texts are the values of a flag that may be given again, commas and all.
type texts []string

// maxParallelism is more than any API's rate has a use for.
const maxParallelism = 100

// defaultSandbox is where the sandbox's servers are kept.
const defaultSandbox = ".fleet/sandbox.json"

// digestHint is the hint for a digest that is none.
const digestHint = "give what stands behind \"Digest:\" at the end of the reviewed plan"

// allowance is what is allowed beyond the file's guards.
func (f *flags) allowance() planner.Allowance {
	return planner.Allowance{Deletes: int(f.allowDeletes), Changes: int(f.allowChanges), Cost: f.allowCost}
}

// actions are the kinds of change that --only names; none means all.
func (f *flags) actions() (only []planner.Action) {
	for _, a := range f.only {
		only = append(only, planner.Action(a))
	}
	return only
}

// noArguments refuses arguments, and says what may have been meant.
func noArguments(hint string) cobra.PositionalArgs {
	return atMost(0, "takes no argument, and there is %q", hint)
}

// oneArgument refuses more than one argument, saying what a command takes and what
// may have been meant.
func oneArgument(takes, hint string) cobra.PositionalArgs {
	return atMost(1, "takes "+takes+", and there is %q as well", hint)
}

func atMost(n int, text, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return refusal{cmd.CommandPath() + " " + fmt.Sprintf(text, args[n]), hint}
	}
}

// flagError adds to a mistake in the flags what may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		best := 3
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if d := fleet.Distance(unknown.GetSpecifiedName(), f.Name); d < best {
				best, hint = d, "did you mean --"+f.Name+"?"
			}
		})
	}
	return refusal{plainly(err.Error()), hint}
}

const helpHint = "fleet help shows the commands, fleet help topics the topics"

// unknownCommand is the refusal of arguments that name no command, with what may have
// been meant; nil where they name one.
func unknownCommand(root *cobra.Command, args []string) error {
	_, rest, err := root.Find(args)
	if err == nil {
		return nil
	}
	hint := helpHint
	if i := slices.IndexFunc(rest, func(arg string) bool { return !strings.HasPrefix(arg, "-") }); i >= 0 {
		if near := root.SuggestionsFor(rest[i]); len(near) > 0 {
			hint = "did you mean fleet " + strings.Join(near, " or fleet ") + "?"
		}
	}
	return refusal{err.Error(), hint}
}

// plainly leaves out of a mistake in a value what Go's parser of numbers calls it.
func plainly(text string) string {
	text, _, _ = strings.Cut(text, ": strconv.")
	return text
}
