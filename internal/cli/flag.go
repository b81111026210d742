package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/help"
)

// flag is one flag as all know it that have to: the commands, help, the manual, the
// documentation, the shells and, by its name, the environment.
type flag struct {
	name, short string
	takenBy     string // the names of commands; all of them for everyCommand
	value       any    // a pointer to what it sets, where its default is already; nil: cobra has made the flag
	offers      cobra.CompletionFunc
	usage       string // what stands for its value is in backticks
}

// flagGroup is the flags that are for one thing.
type flagGroup struct {
	title string
	flags []flag
}

// addFlags gives a command its flags; fleet itself those that every command takes.
func (c *command) addFlags(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	for _, g := range c.flagGroups() {
		for _, f := range g.flags {
			switch {
			case f.value == nil:
				if own := cmd.Flags().Lookup(f.name); own != nil {
					own.Usage = f.usage
				}
			case f.takenBy == everyCommand && !cmd.HasParent():
				f.define(cmd.PersistentFlags())
			case slices.Contains(strings.Fields(f.takenBy), cmd.Name()):
				f.define(cmd.Flags())
			default:
				continue
			}
			if f.offers != nil {
				_ = cmd.RegisterFlagCompletionFunc(f.name, f.offers) // fails for a flag that does not exist
			}
		}
	}
}

// withoutValue are the values of flags that need none to be given.
var withoutValue = map[string]string{"sandbox": defaultSandbox, "watch": "5s"}

// define adds the flag to a command's, without the backticks, which are for nobody to read.
func (f flag) define(set *pflag.FlagSet) {
	_, usage := f.words()
	switch v := f.value.(type) {
	case *bool:
		set.BoolVarP(v, f.name, f.short, *v, usage)
	case *string:
		set.StringVarP(v, f.name, f.short, *v, usage)
	case *[]string:
		set.StringSliceVarP(v, f.name, f.short, *v, usage)
	case *texts:
		set.StringArrayVarP((*[]string)(v), f.name, f.short, *v, usage)
	case *int:
		set.IntVarP(v, f.name, f.short, *v, usage)
	case *int64:
		set.Int64VarP(v, f.name, f.short, *v, usage)
	case *uint:
		set.UintVarP(v, f.name, f.short, *v, usage)
	case *uint16:
		set.Uint16VarP(v, f.name, f.short, *v, usage)
	case *float64:
		set.Float64VarP(v, f.name, f.short, *v, usage)
	case *time.Duration:
		set.DurationVarP(v, f.name, f.short, *v, usage)
	case *fleet.Money:
		set.Func(f.name, usage, func(text string) (err error) {
			*v, err = fleet.ParseMoney(text)
			return err
		})
	default:
		panic(fmt.Sprintf("--%s sets a %T", f.name, v))
	}
	if value, ok := withoutValue[f.name]; ok {
		set.Lookup(f.name).NoOptDefVal = value
	}
}

// words are what stands for the flag's value in help, and what the flag is for.
func (f flag) words() (value, usage string) {
	before, rest, found := strings.Cut(f.usage, "`")
	if !found {
		return "", f.usage
	}
	value, after, _ := strings.Cut(rest, "`")
	return strings.ToUpper(value), before + value + after
}

// head is the flag as it is typed: -f, --file FILE.
func (f flag) head() string {
	head := "--" + f.name
	if f.short != "" {
		head = "-" + f.short + ", " + head
	}
	value, _ := f.words()
	_, without := withoutValue[f.name]
	switch {
	case value == "":
		return head
	case without:
		return head + "[=" + value + "]"
	}
	return head + " " + value
}

// flagLists are a command's flags as help explains them, in groups.
func (c *command) flagLists(cmd *cobra.Command) (lists []help.List) {
	for _, g := range c.flagGroups() {
		l := help.List{Title: g.title}
		for _, f := range g.flags {
			if f.takenBy == everyCommand || slices.Contains(strings.Fields(f.takenBy), cmd.Name()) {
				l.Rows = append(l.Rows, help.Row{Head: f.head(), Text: f.text(cmd)})
			}
		}
		lists = append(lists, l)
	}
	return lists
}

// text is what the flag is for, with the value that it has where nobody gives one.
func (f flag) text(cmd *cobra.Command) string {
	_, usage := f.words()
	if standard := flagDefault(cmd.Flag(f.name)); standard != "" {
		return usage + " (default " + standard + ")"
	}
	return usage
}

// flagDefault is the value of a flag that nobody gives; "" where that is as if
// there were no such flag.
func flagDefault(f *pflag.Flag) string {
	standard := strings.Trim(f.DefValue, "[]")
	if standard == "false" || standard == "0" || standard == "0s" {
		return ""
	}
	if minutes, ok := strings.CutSuffix(standard, "m0s"); ok {
		return minutes + "m"
	}
	return standard
}
