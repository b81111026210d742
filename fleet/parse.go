package fleet

import (
	"cmp"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// Text is the text of a fleet file; Name stands for it in positions. Reading leaves
// Data as it is.
type Text struct {
	Name string
	Data []byte
}

// Parse reads fleet files from memory as one fleet, as Load does from disk. The error
// is Problems.
func Parse(texts ...Text) (*Fleet, error) {
	files, size := make([]*file, len(texts)), 0
	for i, t := range texts {
		files[i] = &file{name: t.Name, data: t.Data}
		if size += len(t.Data); size > maxSize {
			return nil, Problems{{Pos: Pos{File: t.Name}, Message: fmt.Sprintf("larger than %d MiB", maxSize>>20)}}
		}
	}
	return readFiles(files)
}

// reader turns the documents of all files into one Fleet. Defaults and entries
// wait until every file is read, since what they refer to may stand in any.
type reader struct {
	fleet    Fleet
	problems Problems
	told     map[complaint]bool
	partial  bool // a file could not be parsed, so what is missing may stand there

	set      map[string]node              // what may be set in one file only
	catalog  map[string]map[string]string // plans, os, ssh_keys → name → id
	listed   bool                         // some file has servers
	waiting  []pair                       // the keys of defaults
	entries  []pair                       // the keys of servers
	defaults body
	shared   map[*yaml.Node]body // entries that aliases repeat
	rollouts []writtenRollout
	picks    []writtenPick // of windows and freezes
	programs []program

	made    int             // servers that entries give, duplicates included
	names   map[string]int  // in lower case → the server's place in fleet.Servers
	cased   map[string]int  // by exact name, what names has in another case
	pins    map[string]node // ids
	past    map[string]node // names that servers are renamed from
	renames []rename
}

type pair struct{ key, value node }

// complaint is a kind of problem at a place.
type complaint struct {
	Pos
	format string
}

func readFiles(files []*file) (*Fleet, error) {
	r := &reader{
		told:    map[complaint]bool{},
		set:     map[string]node{},
		catalog: map[string]map[string]string{"plans": {}, "os": {}, "ssh_keys": {}},
		shared:  map[*yaml.Node]body{},
		cased:   map[string]int{},
		pins:    map[string]node{},
		past:    map[string]node{},
	}
	for _, f := range files {
		root, problems := f.document()
		r.problems = append(r.problems, problems...)
		if len(problems) == 0 {
			r.document(node{root, f})
		} else {
			r.partial = true
		}
	}
	if !r.listed && !r.partial && len(r.problems) == 0 && len(files) > 0 {
		r.problems = append(r.problems, Problem{Pos: Pos{files[0].name, 1, 1}, Line: files[0].line(1), Message: "no file has servers",
			Hint: `list them under "servers:"; a fleet without any is written "servers: {}"`})
	}
	for _, d := range r.waiting {
		r.field(&r.defaults, d.key, d.value)
	}
	r.fleet.Catalog = Catalog{r.catalog["plans"], r.catalog["os"], r.catalog["ssh_keys"]}
	r.fleet.Defaults = r.defaults.written()
	r.names = make(map[string]int, len(r.entries))
	r.fleet.Servers = make([]Server, 0, len(r.entries))
	for i, e := range r.entries {
		r.entries[i] = pair{} // so that its tree can go: of 100,000 they take a quarter of a gigabyte
		r.expand(e)
	}
	r.checkRenames()
	r.checkPolicies()
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	r.fleet.Warnings.sorted()
	r.fleet.programs = r.programs
	r.fleet.sort()
	return &r.fleet, nil
}

func (f *Fleet) sort() {
	slices.SortFunc(f.Servers, func(a, b Server) int { return cmp.Compare(a.Name, b.Name) })
	f.index = make(map[string]int, len(f.Servers))
	for i := range f.Servers {
		f.index[f.Servers[i].Name] = i
	}
}
