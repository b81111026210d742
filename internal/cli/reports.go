package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// report is a file that a command writes beside what it shows.
type report struct {
	what  string                           // the Markdown
	file  string                           // "" where nobody asked for it
	write func(render.Run) ([]byte, error) // nil is no report; beside an error, the report says what is wrong
	add   bool                             // to what is in the file already
}

// reports are all that may have been asked for, by flags or by the CI system.
func (s *session) reports() []report {
	return slices.Concat([]report{
		{what: "the plan", file: s.flags.out, write: planDocument},
		{what: "the Markdown", file: s.flags.markdown, write: func(r render.Run) ([]byte, error) { return render.Markdown(r, s.flags.maxBytes) }},
		{what: "the page", file: s.flags.html, write: render.HTML},
	}, s.gitHubReports(), s.gitLabReports())
}

// planDocument is the plan that apply reads; nil where there is none.
func planDocument(r render.Run) ([]byte, error) {
	if r.Plan == nil {
		return nil, nil
	}
	var doc bytes.Buffer
	err := render.PlanJSON(&doc, r.Plan)
	return doc.Bytes(), err
}

// reported runs a command and writes its reports, however it ends. It refuses to
// run it where one cannot be written.
func (s *session) reported(ctx context.Context, command func(context.Context) error) error {
	if err := s.checkReports(); err != nil {
		return err
	}
	err := s.interrupts.explain(command(ctx))
	if !isShown(err) {
		s.run.Err = err
	}
	s.annotate()
	failed := s.writeReports()
	if err != nil && failed != nil {
		fmt.Fprint(s.Stderr, errorText(failed)) // the exit code stands for what became of the servers
		return err
	}
	return errors.Join(err, failed)
}

// checkFiles refuses names of files that a run cannot write, or not beside one
// another: its reports, and all else that it may have been told to write.
func (s *session) checkFiles() error {
	written := append(s.reports(), report{what: "the events", file: s.flags.events}, report{what: "the metrics", file: s.flags.metrics},
		report{what: "what was reported", file: s.flags.once}, report{what: "the journal", file: s.flags.journal})
	taken := make(map[string]string)
	for _, r := range written {
		path, err := filepath.Abs(r.file)
		other, ok := taken[path]
		switch {
		case r.file == "":
			continue
		case r.file == "-":
			return refusal{"cannot save " + r.what + ": - is no name of a file", "for stdout there is --json"}
		case err != nil:
			return notSaved(r.what, r.file, err)
		case ok:
			return refusal{fmt.Sprintf("%s and %s cannot be saved in one file, %s", other, r.what, r.file), "give each a file of its own"}
		}
		taken[path] = r.what
	}
	return nil
}

// checkReports refuses files that no report can be written to, before anything
// is changed.
func (s *session) checkReports() error {
	for _, r := range s.reports() {
		if r.file == "" {
			continue
		}
		if err := checkRegular(r.what, r.file); err != nil && !r.add {
			return err
		}
		if err := checkFolder(r.what, r.file); err != nil {
			return err
		}
	}
	return nil
}

// writeReports writes every report that was asked for, each whole or not at all
// unless it is added to a file. Where there is none because something failed, a
// former run's goes: it would pass for this one's.
func (s *session) writeReports() error {
	var failed []error
	for _, r := range s.reports() {
		if r.file == "" {
			continue
		}
		content, err := r.write(s.run)
		if err != nil {
			failed = append(failed, notSaved(r.what, r.file, err))
		}
		switch {
		case content != nil:
			failed = append(failed, r.save(content))
		case (s.run.Err != nil || err != nil) && !r.add:
			failed = append(failed, r.remove())
		}
	}
	return errors.Join(failed...)
}

func (r report) remove() error {
	err := os.Remove(r.file)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%s of an earlier run is still there: %w", r.what, err)
}

func (r report) save(content []byte) error {
	if !r.add {
		return replaceFile(r.what, r.file, content, 0o600)
	}
	f, err := os.OpenFile(r.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err == nil {
		_, err = f.Write(content)
		err = errors.Join(err, f.Close())
	}
	return notSaved(r.what, r.file, err)
}

// applyCommand is the command that carries out exactly this plan, for a shell.
func (s *session) applyCommand(p *planner.Plan) string {
	words := []string{"fleet", "apply"}
	add := func(flag string, values ...string) {
		for _, v := range values {
			words = append(words, flag, v)
		}
	}
	add("--file", s.flags.files...)
	add("--target", s.flags.targets...)
	add("--exclude", s.flags.excludes...)
	add("--only", s.flags.only...)
	if s.flags.allowDeletes > 0 {
		add("--allow-deletes", fmt.Sprint(s.flags.allowDeletes))
	}
	if s.flags.allowChanges > 0 {
		add("--allow-changes", fmt.Sprint(s.flags.allowChanges))
	}
	if s.flags.allowCost > 0 {
		add("--allow-cost", s.flags.allowCost.String())
	}
	add("--digest", p.Digest())
	for i, w := range words {
		words[i] = shellWord(w)
	}
	words = append(words, s.sandboxWords()...)
	if s.flags.allowEmpty {
		words = append(words, "--allow-empty")
	}
	return strings.Join(words, " ")
}

// savedCommand is the command that carries out the plan of --out, for a shell.
func (s *session) savedCommand() string {
	return strings.Join(append([]string{"fleet", "apply", shellWord(s.flags.out)}, s.sandboxWords()...), " ")
}

// sandboxWords point a command at the sandbox of this one, if it has any.
func (s *session) sandboxWords() []string {
	if s.flags.sandbox == "" {
		return nil
	}
	return []string{shellWord("--sandbox=" + s.flags.sandbox)}
}

// shellWord quotes what a shell would not take as it stands.
func shellWord(w string) string {
	if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,@") == "" {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
