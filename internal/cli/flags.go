package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/sergi/go-diff/diffmatchpatch"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// flags are the values of all flags; each command has those that it declares.
type flags struct {
	files             []string
	targets, excludes []string
	selectors         []string
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
}

// maxParallelism is more than any API's rate has a use for.
const maxParallelism = 100

// defaultSandbox is where the sandbox's servers are kept.
const defaultSandbox = ".fleet/sandbox.json"

// digestHint is the hint for a digest that is none.
const digestHint = "give what stands behind \"Digest:\" at the end of the reviewed plan"

func (f *flags) forEvery(set *pflag.FlagSet) {
	set.BoolVar(&f.noColor, "no-color", false, "no colours (also: NO_COLOR)")
	set.StringVar(&f.logLevel, "log-level", "warn", "log to stderr from this `level` up: "+strings.Join(levels, ", "))
	set.StringVar(&f.logFormat, "log-format", "console", "the `format` of logs: console or json")
}

func (f *flags) forFiles(set *pflag.FlagSet) {
	set.StringArrayVarP(&f.files, "file", "f", []string{"fleet.yaml"}, "fleet `file` or directory; may be given again")
}

// forAPI are the flags of the commands that compare a fleet file with the API.
func (f *flags) forAPI(set *pflag.FlagSet) {
	f.forAccess(set)
	f.forLabels(set)
	f.forState(set)
	set.DurationVar(&f.detailsMaxAge, "details-max-age", 0, "for this `time`, do not read backups_enabled again while updated_at stays the same")
	f.forSettle(set)
	set.BoolVar(&f.json, "json", false, "write one JSON document to stdout, all else to stderr")
	set.StringSliceVar(&f.targets, "target", nil, "only names that match this `glob`; may be given again")
	set.StringSliceVar(&f.excludes, "exclude", nil, "no names that match this `glob`; may be given again")
	set.BoolVar(&f.allowEmpty, "allow-empty", false, "accept a fleet file that lists no servers")
}

// forAccess are the flags of the commands that read from the API.
func (f *flags) forAccess(set *pflag.FlagSet) {
	set.StringVar(&f.sandbox, "sandbox", "", "use the built-in API instead, its servers kept in `FILE`; needs no token and no network")
	set.Lookup("sandbox").NoOptDefVal = defaultSandbox
	set.StringVar(&f.tokenFile, "token-file", "", "read the API token from this `file` instead of VPS_API_TOKEN")
	set.Float64Var(&f.rate, "rate", 0, "this `number` of requests a second at most; 0 learns from the API how many it takes")
	set.DurationVar(&f.requestTimeout, "request-timeout", vpsorg.DefaultTimeout, "give one request this `time`, its answer included")
	set.IntVar(&f.parallelism, "parallelism", apply.DefaultParallelism, "this `number` of requests at a time, at most 100")
}

func (f *flags) forSettle(set *pflag.FlagSet) {
	set.DurationVar(&f.settle, "settle", apply.DefaultSettle, "take it that for this `time` the API may not show what was done; so long the server of an unanswered create is looked for")
}

func (f *flags) forLabels(set *pflag.FlagSet) {
	set.StringArrayVarP(&f.selectors, "selector", "l", nil, "only servers whose entries have these `labels`: role=web,env!=dev; may be given again")
}

// forChanges are the flags of the commands that say what to change.
func (f *flags) forChanges(set *pflag.FlagSet) {
	set.UintVar(&f.allowDeletes, "allow-deletes", 0, "allow this `number` of deletes and replacements, where the file allows fewer")
	set.UintVar(&f.allowChanges, "allow-changes", 0, "allow this `number` of changed servers, where the file allows fewer")
	set.Func("allow-cost", "allow the fleet to cost this `amount` a month, where the file allows less", func(s string) (err error) {
		f.allowCost, err = fleet.ParseMoney(s)
		return err
	})
	set.StringSliceVar(&f.only, "only", nil, "only these `kinds` of change, such as update,start; the others are reported")
}

func (f *flags) forMetrics(set *pflag.FlagSet) {
	set.StringVar(&f.metrics, "metrics", "", "write metrics of this run to this `file`, for Prometheus' textfile collector")
}

// forDetail is how much of a plan is shown.
func (f *flags) forDetail(set *pflag.FlagSet) {
	set.BoolVar(&f.full, "full", false, "show every server by itself, however many there are")
}

// forReports are the files that are written beside what is shown.
func (f *flags) forReports(set *pflag.FlagSet) {
	set.StringVar(&f.markdown, "markdown", "", "also write Markdown, for a pull request's comment, to this `file`, however the run ends")
	set.StringVar(&f.html, "html", "", "also write one HTML page, which needs no network, to this `file`, however the run ends")
	set.IntVar(&f.maxBytes, "max-bytes", render.CommentBytes, "cut detail, and nothing else, of Markdown beyond this `number` of bytes")
}

// forPipelines are the files for a CI system that does not say where it wants them.
func (f *flags) forPipelines(set *pflag.FlagSet) {
	set.StringVar(&f.gitlab, "gitlab", "", "also write GitLab's reports in this `folder`: terraform.json, codequality.json, fleet.env")
}

// forShared is where several hosts share a state.
func (f *flags) forShared(set *pflag.FlagSet) {
	set.StringVar(&f.state, "state", "", "keep the state at this `URL` for several hosts: s3://bucket/prefix or postgres://host/database")
}

// forState is where the state is kept.
func (f *flags) forState(set *pflag.FlagSet) {
	f.forShared(set)
	set.StringVar(&f.journal, "journal", "", "keep the state, such as the journal of creates, in this `file` and beside it, not in the user's state folder")
}

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
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return refusal{fmt.Sprintf("%s takes no argument, and there is %q", cmd.CommandPath(), args[0]), hint}
	}
}

// oneArgument refuses more than one argument, saying what a command takes and what
// may have been meant.
func oneArgument(takes, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return refusal{fmt.Sprintf("%s takes %s, and there is %q as well", cmd.CommandPath(), takes, args[1]), hint}
	}
}

// flagError adds to a mistake in the flags what may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	if _, typed, found := strings.Cut(err.Error(), "unknown flag: --"); found {
		best := 3
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if d := distance(typed, f.Name); d < best {
				best, hint = d, "did you mean --"+f.Name+"?"
			}
		})
	}
	return refusal{plainly(err.Error()), hint}
}

// plainly leaves out of a mistake in a value what Go's parser of numbers calls it.
func plainly(text string) string {
	text, _, _ = strings.Cut(text, ": strconv.")
	return text
}

// distance is how many letters differ between two words.
func distance(a, b string) int {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	return d.DiffLevenshtein(d.DiffMain(a, b, false))
}
