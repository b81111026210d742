package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// listFlags are the flags that only list has.
type listFlags struct {
	inventory.Options
	format     string
	columns    []string
	sort       string
	all        bool
	whole      bool // what Ansible asks for, and gets in any case
	allowEmpty bool
	out        string
	block      bool
	watch      time.Duration // 0: show the list once
}

// tables are the formats for people; all others are inventory's.
var tables = []string{"table", "wide"}

func newList(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "list [PATTERN...]",
		Short: "Tell which servers there are, for people and for other tools",
		Long: `List servers: those that the fleet file speaks for, or with --all, and where there is
no fleet file, all of the account. A PATTERN is a name in which * stands for any text.

With -o the list is for a tool: ansible, ssh, hosts, prometheus, octodns, zone, csv,
json, or names and ip, one a line. Servers that a tool cannot reach, as they have no
address yet, are left out and told on stderr. All comes from one complete list: where
that fails, nothing is printed and the file of --out stays as it was.`,
		Example: `  fleet list 'web-*' -l env=prod
  ssh root@$(fleet list web-01 -o ip)
  fleet list -o ssh --out ~/.ssh/fleet.conf
  fleet list -o hosts --out /etc/hosts --block
  fleet list -o prometheus --out /etc/prometheus/fleet.json
  fleet list --columns name,ip_address,label:role --sort location`,
		ValidArgsFunction: c.namesInFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.flags.list.check(cmd.Flags()); err != nil {
				return err
			}
			return c.list(cmd.Context(), c.flags.list, args)
		},
	}
}

// listFormats are all values of -o.
func listFormats() []string { return slices.Concat(tables, inventory.Formats()) }

// check refuses flags that do not go together.
func (l *listFlags) check(set *pflag.FlagSet) error {
	isTable := slices.Contains(tables, l.format)
	switch {
	case !slices.Contains(listFormats(), l.format):
		return refusal{fmt.Sprintf("-o %s is not a format", l.format), "the formats are " + strings.Join(listFormats(), ", ")}
	case (len(l.columns) > 0 || l.NoHeader) && !isTable && l.format != "csv":
		return refusal{"--columns and --no-header are for tables and CSV, not for -o " + l.format, "leave them out"}
	case l.out == "-":
		return refusal{"cannot save the list: - is no name of a file", "leave --out out for stdout"}
	case l.block && (l.format != "hosts" || l.out == ""):
		return refusal{"--block is for -o hosts with --out", "a block is replaced in a file, such as --out /etc/hosts"}
	case set.Changed("watch") && (!isTable || l.out != ""):
		return refusal{"--watch is for tables on a terminal", "write files from cron or a timer"}
	case l.watch < 0 || set.Changed("watch") && l.watch < time.Second:
		return refusal{fmt.Sprintf("--watch=%s is less than a second", l.watch), "leave the time out for 5s"}
	case l.Port == 0:
		return errors.New("--port 0 is not a port")
	case !isOneWord(l.User) && l.User != "":
		return fmt.Errorf("--user %q is not the name of a user", l.User)
	}
	return nil
}

// isOneWord reports whether a text can stand in a line of a configuration.
func isOneWord(text string) bool {
	return len(strings.Fields(text)) == 1 && render.Escape(text) == text
}

// list writes the list once, or again and again.
func (c *command) list(ctx context.Context, l listFlags, patterns []string) error {
	in, inReach, err := c.listInput(patterns)
	if err != nil {
		return err
	}
	l.all = l.all || !inReach
	show, by, err := l.chosen(inReach)
	if err != nil {
		return err
	}
	l.Columns = show
	engine, err := c.connect()
	if err != nil {
		return err
	}
	for {
		text, err := c.listText(ctx, engine, in, l, by)
		if err != nil && l.watch > 0 && ctx.Err() != nil {
			return nil // an interrupt is how a watch ends
		}
		if err != nil {
			return err
		}
		if l.watch > 0 && isTerminal(c.Stdout) {
			text = "\x1b[H\x1b[2J" + text
		}
		if l.out != "" {
			return c.saveList(l, []byte(text))
		}
		if err := c.show(text); err != nil || l.watch == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(l.watch):
		}
	}
}

// chosen are the columns to show, and the one to sort by.
func (l *listFlags) chosen(inReach bool) (show []inventory.Column, by inventory.Column, err error) {
	names := l.columns
	if slices.Contains(l.columns, "ipv6_address") || l.sort == "ipv6_address" {
		l.IPv6 = true
	}
	if names == nil {
		names = inventory.TableColumns
		if l.format != "table" {
			names = inventory.WideColumns
		}
		names = slices.Clone(names)
		if l.IPv6 {
			names = slices.Insert(names, slices.Index(names, "ip_address")+1, "ipv6_address")
		}
		if !inReach { // nobody says what is listed
			names = slices.DeleteFunc(names, func(n string) bool { return n == "listed" || n == "drift" || n == "labels" })
		}
	}
	if show, err = inventory.ColumnsOf(names); err != nil {
		return nil, by, err
	}
	sort, err := inventory.ColumnsOf([]string{l.sort})
	if err != nil {
		return nil, by, err
	}
	return show, sort[0], nil
}

// listText looks at the account and writes the list. What people have to know of it
// goes to stderr.
func (c *command) listText(ctx context.Context, engine *apply.Engine, in apply.Input, l listFlags, by inventory.Column) (string, error) {
	prices := slices.Contains(slices.Concat(tables, []string{"csv", "json"}), l.format) || l.sort == "price_monthly"
	seen, err := engine.List(ctx, in, vpsorg.ListFilter{}, prices, func(servers []planner.Server) (ids []string) {
		if l.IPv6 {
			for _, s := range inventory.Find(in.Fleet, l.all, planner.Observation{Servers: servers}, in.Selection).Servers {
				ids = append(ids, s.ID)
			}
		}
		return ids
	})
	if err != nil {
		return "", err
	}
	found := inventory.Find(in.Fleet, l.all, seen, in.Selection)
	inventory.Sort(found.Servers, by)
	if err := l.checkFound(found, in.Selection); err != nil {
		return "", err
	}
	io.WriteString(c.notices, render.NotThere(found.Missing))
	if slices.Contains(tables, l.format) {
		return c.listTable(l, found.Servers), nil
	}
	l.Account, l.Endpoint = seen.Account, seen.Endpoint
	text, left, err := inventory.Write(l.format, found.Servers, l.Options)
	if errors.Is(err, inventory.ErrZone) {
		return "", refusal{err.Error(), "say which with --zone"}
	}
	if err != nil {
		return "", err
	}
	io.WriteString(c.notices, render.Omitted(left))
	if len(left) > 0 && len(left) == len(found.Servers) {
		return "", errNobodyLeft
	}
	return string(text), nil
}

func (c *command) listTable(l listFlags, found []inventory.Server) string {
	style := c.style(c.Stdout)
	if l.out != "" {
		style = render.Style{}
	}
	if l.format == "wide" {
		style.Width = 0
	}
	if len(found) == 0 {
		io.WriteString(c.notices, "No servers.\n")
	}
	return render.Servers(found, l.Columns, !l.NoHeader, style)
}

// checkFound refuses an empty list where there ought to be servers: no tool is to
// forget all its hosts because of a wrong token, or an answer that is not true.
func (l *listFlags) checkFound(found inventory.Found, sel planner.Selection) error {
	isTable := slices.Contains(tables, l.format) && l.out == ""
	switch {
	case len(found.Servers) > 0 || l.allowEmpty:
		return nil
	case len(found.Missing) == 0 && len(sel.Targets) > 0:
		return refusal{"the fleet file speaks for no server that matches " + strings.Join(sel.Targets, ", "), "--all lists the other servers of the account, too"}
	case len(found.Missing) > 0 && !isTable:
		return refusal{fmt.Sprintf("of %s listed, none exists, which is how a wrong token or account looks", servers(len(found.Missing))),
			"if that is so, say --allow-empty"}
	case l.out != "":
		return refusal{"no servers were found, and " + l.out + " was not emptied", "if that is so, say --allow-empty"}
	}
	return nil
}

// errNobodyLeft is a list in which no server could be told.
var errNobodyLeft = refusal{"no server is left to list", "see above why each is left out"}
