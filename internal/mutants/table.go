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
	{
		name:   "retry-create",
		breaks: "A create whose answer is lost is sent again, like a GET.",
		pkg:    "./vpsorg", fn: "Client.again",
		old: "failed.Method != http.MethodGet || ",
		new: "failed.Method == http.MethodDelete || ",
	},
	{
		name:   "trust-short-list",
		breaks: "A list with fewer entries than it counts is taken for complete.",
		pkg:    "./vpsorg", fn: "list.join",
		old: "len(items) != count",
		new: "len(items) > count",
	},
	{
		name:   "ignore-retry-after",
		breaks: "Retry-After of a 429 or 503 holds nobody back.",
		pkg:    "./vpsorg", fn: "limiter.learn",
		old: "failed.RetryAfter > 0",
		new: "failed.RetryAfter < 0",
	},
	{
		name:   "list-twice",
		breaks: "Two entries of one name are one more server.",
		pkg:    "./fleet", fn: "reader.claim",
		old: "r.names[lower]; taken {",
		new: "r.names[lower]; taken && i < 0 {",
	},
	{
		name:   "raw-name-in-plan",
		breaks: "A live server's name is written into a plan as the API has it.",
		pkg:    "./internal/render", fn: "Style.table",
		old: "s.line(bold, Escape(r.name))",
		new: "s.line(bold, r.name)",
	},
	{
		name:   "raw-newline-in-annotation",
		breaks: "A line break in an annotation is not escaped, so that the next line is a command of its own.",
		pkg:    "./internal/ci", fn: "Annotations",
		old: "data.Replace(f.Text)",
		new: "f.Text",
	},
}
