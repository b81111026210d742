package cli

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/internal/inventory"
)

// Commands that take the same flags.
const (
	everyCommand = "all"
	forChanges   = "apply plan"
	forFleet     = "apply drift plan" // they compare a fleet file with the API
	forAccess    = forFleet + " get import list"
	forFiles     = forAccess + " validate"
	forState     = forFleet + " intents lock unlock"
)

// flagGroups are all flags, in the order in which help tells of them. A name comes
// again where commands mean something else by it.
func (c *command) flagGroups() []flagGroup {
	return slices.Concat(c.chooseFlags(), c.outputFlags(), c.allowFlags(), c.accessFlags())
}

// chooseFlags say what a command is about.
func (c *command) chooseFlags() []flagGroup {
	f, names := &c.flags, listed(c.namesInFile)
	return []flagGroup{
		{"Which servers", []flag{
			{"file", "f", forFiles, &f.files, fleetFiles, "fleet `file` or directory; may be given again"},
			{"target", "", forFleet, &f.targets, names, "only names that match this `glob`; may be given again"},
			{"exclude", "", forFleet, &f.excludes, names, "no names that match this `glob`; may be given again"},
			{"selector", "l", forFleet + " list", &f.selectors, listed(c.labelsInFile),
				"only servers whose entries have these `labels`: role=web,env!=dev; may be given again"},
			{"only", "", forChanges, &f.only, listed(oneOf(kinds()...)), "only these `kinds` of change, such as update,start; the others are reported"},
			{"since", "", "drift", &f.since, anyFile, "leave out what was written since this former `file`, directory or git revision"},
			{"all", "", "list", &f.list.all, nil, "list all servers of the account, whether or not the fleet file speaks for them"},
			{"host", "", "list", &f.list.Host, c.namesInFile, "for -o ansible, write only this `name`'s variables, as Ansible may ask for"},
			{"zone", "", "list", &f.list.Zone, nil, "for -o octodns and -o zone, write only this DNS `zone`"},
			{"status", "", "import", &f.imports.status, oneOf("active", "stopped"), "import only servers in this `status`: active, stopped"},
			{"location", "", "import", &f.imports.location, nil, "import only servers at this `location`"},
			{"accept", "", "import", &f.imports.accept, nil, "write what servers have become into their entries"},
		}},
		{"What to do as well", []flag{
			{"reboot", "", forChanges, &f.asked.Reboot, names, "also reboot listed servers whose names match this `glob`; may be given again"},
			{"replace", "", forChanges, &f.asked.Replace, names,
				"also replace listed servers whose names match this `glob`, where their entries have replace:; may be given again"},
			{"start", "", forChanges, &f.asked.Start, names, "also start listed servers whose names match this `glob`; may be given again"},
			{"stop", "", forChanges, &f.asked.Stop, names, "also stop listed servers whose names match this `glob`; may be given again"},
		}},
	}
}

// outputFlags say what a command shows and writes.
func (c *command) outputFlags() []flagGroup {
	f, column := &c.flags, oneOf(inventory.ColumnNames()...)
	return []flagGroup{
		{"What to show", []flag{
			{"details", "", "import", &f.imports.details, nil, "write backups_enabled too, which takes a request for each server"},
			{"summary", "", "plan", &f.summary, nil, "show one screen: what is done to how many servers"},
			{"full", "", forChanges, &f.full, nil, "show every server by itself, however many there are"},
			{"json", "", forFleet + " state", &f.json, nil, "write one JSON document to stdout, all else to stderr"},
			{"json", "", "lock", &f.json, nil, "write a JSON document to stdout"},
			{"json", "", "version", &f.json, nil, "write one JSON document to stdout"},
			{"output", "o", "get", &f.detailFormat, oneOf("text", "json"), "write this `format`: text or json"},
			{"output", "o", "list", &f.list.format, oneOf(listFormats()...), "write this `format`: " + strings.Join(listFormats(), ", ")},
			{"columns", "", "list", &f.list.columns, listed(column), "show these `columns` of a table or of CSV, such as name,ip_address,label:role"},
			{"no-header", "", "list", &f.list.NoHeader, nil, "leave out the titles of a table or of CSV"},
			{"sort", "", "list", &f.list.sort, column, "sort by this `column`"},
			{"ipv6", "", "list", &f.list.IPv6, nil, "tell IPv6 addresses too, which takes a request for each server; with -o ip only those"},
			{"user", "", "list", &f.list.User, nil, "for -o ssh, log in as this `user`; \"\" leaves that to the rest of ssh's configuration"},
			{"port", "", "list", &f.list.Port, nil, "for -o prometheus, the `port` of the servers' exporter"},
			{"list", "", "list", &f.list.whole, nil, "for -o ansible, write the whole inventory, as Ansible asks for; it is the default"},
			{"watch", "", "list", &f.list.watch, nil, "show the table again, every 5s or after this `time`, until interrupted"},
			{"no-color", "", everyCommand, &f.noColor, nil, "no colours (also: NO_COLOR)"},
			{"detailed-exitcode", "", "plan", &f.detailedExitCode, nil,
				"exit with 2 where the servers are not as the file says: changes are pending, or blocked"},
		}},
		{"Files to write", []flag{
			{"write", "", "import", &f.imports.write, nil, "write the file, rather than show what would be written"},
			{"into", "", "import", &f.imports.into, anyFile, "where there are several files, add the entries to this `file`, old or new"},
			{"out", "", "list", &f.list.out, anyFile, "write the list to this `file`, and only where it changes; keep the file's mode and owner"},
			{"out", "", "plan", &f.out, anyFile, "also write the plan to this `file`, for apply"},
			{"block", "", "list", &f.list.block, nil, "with -o hosts, replace only the lines between # BEGIN fleet and # END fleet in the file of --out"},
			{"markdown", "", forFleet, &f.markdown, anyFile, "also write Markdown, for a pull request's comment, to this `file`, however the run ends"},
			{"html", "", forFleet, &f.html, anyFile, "also write one HTML page, which needs no network, to this `file`, however the run ends"},
			{"max-bytes", "", forFleet, &f.maxBytes, nil, "cut detail, and nothing else, of Markdown beyond this `number` of bytes"},
			{"gitlab", "", "plan validate", &f.gitlab, folders, "also write GitLab's reports in this `folder`: terraform.json, codequality.json, fleet.env"},
			{"events", "", "apply", &f.events, anyFile, "write what happens to this `file` as it happens, one line of JSON for each event"},
			{"metrics", "", "apply drift", &f.metrics, anyFile, "write metrics of this run to this `file`, for Prometheus' textfile collector"},
			{"once", "", "drift", &f.once, anyFile, "write text only where the drift is not the one that this `file` has recorded"},
		}},
	}
}

// allowFlags say what a command may do.
func (c *command) allowFlags() []flagGroup {
	f := &c.flags
	return []flagGroup{
		{"Approval", []flag{
			{"auto-approve", "", "apply", &f.autoApprove, nil, "do not ask"},
			{"digest", "", "apply", &f.digest, nil, "do not ask if the reviewed plan had this `digest`; refuse what is not in it"},
			{"keep", "", "plan", &f.keep, nil, "keep the plan in the state, so that apply --digest needs no file and can be resumed"},
		}},
		{"Which lease", []flag{
			{"epoch", "", "unlock", &f.epoch, nil, "end the lease with this `number`, and no other"},
		}},
		{"Guards", []flag{
			{"allow-deletes", "", forChanges, &f.allowDeletes, nil, "allow this `number` of deletes and replacements, where the file allows fewer"},
			{"allow-changes", "", forChanges, &f.allowChanges, nil, "allow this `number` of changed servers, where the file allows fewer"},
			{"allow-cost", "", forChanges, &f.allowCost, nil, "allow the fleet to cost this `amount` a month, where the file allows less"},
			{"allow-empty", "", forFleet, &f.allowEmpty, nil, "accept a fleet file that lists no servers"},
			{"allow-empty", "", "list", &f.list.allowEmpty, nil, "accept that none of the listed servers exists"},
			{"bootstrap", "", "apply", &f.bootstrap, nil, "accept that none of ten or more listed servers exists yet"},
			{"max-corrections", "", "apply", &f.maxCorrections, nil,
				"with --auto-approve, block what this `number` of runs in a row corrected in vain; 0 never"},
		}},
		{"Rollouts", []flag{
			{"allow-commands", "", "apply", &f.overrides.AllowCommands, nil, "run the commands of the plan's probes and rollouts, which the plan shows"},
			{"allow-self", "", "apply", &f.overrides.AllowSelf, nil, "also disrupt the server that this, or its state, is on, last of all"},
			{"allow-unready", "", "apply", &f.overrides.AllowUnready, listed(c.namesInFile),
				"also delete, stop or replace the server of this `name` if it is not ready; may be given again"},
			{"override-freeze", "", "apply", &f.overrides.OverrideFreeze, nil, "begin in spite of freezes, for this `reason`, which the report tells"},
		}},
	}
}

// accessFlags say how a command reaches the API, and for how long it tries.
func (c *command) accessFlags() []flagGroup {
	f := &c.flags
	return []flagGroup{
		{"How long to wait", []flag{
			{"timeout", "", "apply", &f.timeout, nil, "wait for this `time` for a server to be ready"},
			{"poll-interval", "", "apply", &f.pollInterval, nil, "look at servers in transition after this `time` each; 0 is when they can be expected"},
			{"settle", "", forFleet + " import", &f.settle, nil,
				"take it that for this `time` the API may not show what was done; so long the server of an unanswered create is looked for"},
			{"request-timeout", "", forAccess, &f.requestTimeout, nil, "give one request this `time`, its answer included"},
			{"wait", "", "apply", &f.wait, nil, "wait this `time` for another apply of the account to end; 0 is not at all"},
		}},
		{"How to ask the API", []flag{
			{"token-file", "", forAccess, &f.tokenFile, anyFile, "read the API token from this `file` instead of VPS_API_TOKEN"},
			{"sandbox", "", forAccess, &f.sandbox, anyFile, "use the built-in API instead, its servers kept in `FILE`; needs no token and no network"},
			{"rate", "", forAccess, &f.rate, nil, "this `number` of requests a second at most; 0 learns from the API how many it takes"},
			{"parallelism", "", forAccess, &f.parallelism, nil, "this `number` of requests at a time, at most 100"},
			{"details-max-age", "", forFleet, &f.detailsMaxAge, nil,
				"for this `time`, do not read backups_enabled again while updated_at stays the same"},
			{"state", "", forState + " state", &f.state, nil, "keep the state at this `URL` for several hosts: s3://bucket/prefix or postgres://host/database"},
			{"journal", "", forState, &f.journal, anyFile,
				"keep the state, such as the journal of creates, in this `file` and beside it, not in the user's state folder"},
		}},
		{"The sandbox", []flag{
			{"listen", "", "sandbox", &f.listen, nil, "local `address` to serve on; port 0 is any free one"},
			{"servers", "", "sandbox", &f.seeds, nil, "begin with this `number` of servers, made by hand as it were"},
		}},
		{"Logs and help", []flag{
			{"log-level", "", everyCommand, &f.logLevel, oneOf(levels...), "log to stderr from this `level` up: " + strings.Join(levels, ", ")},
			{"log-format", "", everyCommand, &f.logFormat, oneOf(logFormats...), "the `format` of logs: console or json"},
			{"help", "h", everyCommand, nil, nil, "show this help"},
			{"version", "v", "fleet", nil, nil, "print the version"},
		}},
	}
}
