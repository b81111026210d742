package fleet

import (
	"os/exec"
	"path/filepath"
	"strings"
)

// program is what a command of the fleet file runs.
type program struct {
	name    string // a path, from dir, or a name to be looked for
	dir     string
	problem Problem // its place
}

// findPrograms adds a warning for each program that this host lacks; it runs none.
// Another host may have it, so it is no error.
func (f *Fleet) findPrograms() {
	for _, p := range f.programs {
		name := p.name
		if placeholderForm.MatchString(name) {
			continue
		}
		if strings.ContainsRune(filepath.ToSlash(name), '/') && !filepath.IsAbs(name) {
			name = filepath.Join(p.dir, name)
			if !filepath.IsAbs(name) {
				name = "." + string(filepath.Separator) + name // else it is looked for elsewhere
			}
		}
		if _, err := exec.LookPath(name); err != nil {
			p.problem.Message = "this host cannot run " + quote(p.name)
			p.problem.Hint = "a path is taken from the folder of its fleet file, and must be executable; another name is looked for in PATH"
			f.Warnings = append(f.Warnings, p.problem)
		}
	}
	f.Warnings.sorted()
}
