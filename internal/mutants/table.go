package main

// mutant is one bug: in the function fn of package pkg, old becomes new. It fits as
// long as old stands in that function exactly once, wherever else the code moves.
type mutant struct {
	name   string
	breaks string // the mistake, in a sentence
	pkg    string // the folder, from the root of the module
	fn     string // Name, or Type.Name for a method
	old    string
	new    string // go vet must find nothing wrong with it
}

// table is every bug. To add one, write the mistake into the code, see a test of
// its own package fail, and put the two snippets here.
var table = []mutant{
	{"list-twice", "Two entries of one name are one more server.",
		"./fleet", "reader.claim",
		`r.takeName(s); taken {`,
		`r.takeName(s); taken && other == nil {`},

	{"first-of-duplicates", "Of two live servers of one name the first is picked.",
		"./planner", "matching.byName",
		`case 1:`,
		`case 1, 2:`},
	{"target-widens-deletes", "With --target, unlisted servers that it does not name are deleted too.",
		"./planner", "Diff",
		`sel.IncludesUnlisted(s.Name)`,
		`s.Name != ""`},
	{"null-as-empty", "A hostname of null counts as an empty one, so that it never becomes empty.",
		"./planner", "mutableFields",
		`!to.IsNull() && from != to`,
		`!to.IsNull() && from != to && (!from.IsNull() || to != Text(""))`},
	{"unknown-status-is-stopped", "A status that nobody has heard of counts as stopped.",
		"./planner", "Status.Target",
		`return s, false`,
		`return StatusStopped, true`},
	{"deletes-without-limit", "A file that says nothing of max_deletes allows any number.",
		"./planner", "Plan.Violations",
		`deleteLimit.Set = true`,
		`deleteLimit.Set = p.Guards.MaxDeletes.Set`},
	{"unknown-price-is-free", "A price that the API does not give is within every limit of cost.",
		"./planner", "Plan.Violations",
		`(v.Got > v.Allowed || v.Unpriced != nil)`,
		`v.Got > v.Allowed`},
	{"accept-tampered-plan", "A saved plan is carried out whatever has been written into it.",
		"./planner", "Decode",
		`digest != doc.Digest || checksum(p, digest) != doc.Checksum`,
		`digest == "" || checksum(p, digest) == ""`},
	{"delete-whatever-has-the-id", "A server is deleted although it has changed since it was approved.",
		"./planner", "compareDelete",
		`!ok {`,
		`!ok && why.Code == CodeStatus {`},

	{"selector-selects-unlisted", "A condition on labels selects servers that no entry lists, for unlisted: delete too.",
		"./planner", "Selection.IncludesUnlisted",
		`s.includesName(name) && s.Labels.IsZero()`,
		`s.includesName(name)`},
	{"ansible-runs-names", "Ansible runs what looks like a template in a server's name.",
		"./internal/inventory", "ansibleText",
		`strings.ContainsAny(text, "{}")`,
		`text == "{}"`},
	{"empty-inventory", "A list in which nothing of the fleet exists empties the inventory of --out.",
		"./internal/cli", "listFlags.checkFound",
		`len(found.Servers) > 0 || l.allowEmpty`,
		`len(found.Servers) >= 0 || l.allowEmpty`},

	{"drop-fsync", "An intent is not synced before its create is sent.",
		"./internal/state", "journal.sync",
		`err := log.Sync()`,
		`var err error; _ = log`},

	{"retry-create", "A create whose answer is lost is sent again, like a GET.",
		"./vpsorg", "Client.again",
		`failed.Method != http.MethodGet || `,
		`failed.Method == http.MethodDelete || `},
	{"trust-short-list", "A list with fewer entries than it counts is taken for complete.",
		"./vpsorg", "list.join",
		`len(items) != count`,
		`len(items) > count`},
	{"ignore-retry-after", "Retry-After of a 429 or 503 holds nobody back.",
		"./vpsorg", "limiter.learn",
		`failed.RetryAfter > 0`,
		`failed.RetryAfter < 0`},

	{"raw-name-in-plan", "A live server's name is written into a plan as the API has it.",
		"./internal/render", "Style.table",
		`s.line(bold, Escape(r.name))`,
		`s.line(bold, r.name)`},
	{"raw-newline-in-annotation", "A line break in an annotation begins another workflow command.",
		"./internal/ci", "Annotations",
		`data.Replace(f.Text)`,
		`f.Text`},
}
