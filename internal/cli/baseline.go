package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// baseline reads the fleet that --since names: a file or directory, or else the
// files of -f as they were in a git revision. It is nil without --since.
func (c *command) baseline(ctx context.Context) (*fleet.Fleet, error) {
	if c.flags.since == "" {
		return nil, nil
	}
	if _, err := os.Stat(c.flags.since); err == nil {
		return fleet.Load(c.flags.since)
	}
	if strings.HasPrefix(c.flags.since, "-") {
		return nil, refusal{fmt.Sprintf("--since %s is neither a file nor a git revision", c.flags.since), "a revision does not begin with a hyphen"}
	}
	var texts []fleet.Text
	for _, path := range c.flags.files {
		more, err := textsAt(ctx, c.flags.since, path)
		if err != nil {
			return nil, err
		}
		texts = append(texts, more...)
	}
	if len(texts) == 0 {
		return nil, refusal{fmt.Sprintf("the git revision %s has no %s", c.flags.since, strings.Join(c.flags.files, ", ")),
			"name a later revision, or leave out --since to compare with all that the file says"}
	}
	return fleet.Parse(texts...)
}

// textsAt reads a fleet file, or the fleet files of a directory, from a git
// revision. What the revision lacks was written since, and counts as empty.
func textsAt(ctx context.Context, revision, path string) ([]fleet.Text, error) {
	dir, names := filepath.Dir(path), []string{"--", filepath.Base(path)}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir, names = path, nil
	}
	commit, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", revision+"^{commit}")
	if err != nil {
		return nil, refusal{fmt.Sprintf("--since %s: there is no such file, and no such git revision in %s%s", revision, dir, because(err)),
			"give a former file, or a revision such as HEAD~1 or a tag"}
	}
	listing, err := git(ctx, dir, append([]string{"ls-tree", "-z", strings.TrimSpace(commit)}, names...)...)
	if err != nil {
		return nil, fmt.Errorf("cannot list the files of git revision %s%s", revision, because(err))
	}
	var texts []fleet.Text
	for entry := range strings.SplitSeq(listing, "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about) // mode, type, object
		if len(fields) != 3 || !strings.HasPrefix(fields[0], "100") || names == nil && !fleet.IsFleetFile(name) {
			continue // no regular file: git keeps what a link points to as text
		}
		text, err := git(ctx, dir, "cat-file", "blob", fields[2])
		if err != nil {
			return nil, fmt.Errorf("cannot read %s of git revision %s%s", name, revision, because(err))
		}
		texts = append(texts, fleet.Text{Name: revision + ":" + filepath.Join(dir, name), Data: []byte(text)})
	}
	return texts, nil
}

// git asks the repository that a directory is in.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	err := cmd.Run()
	if text := strings.TrimSpace(diag.String()); err != nil && text != "" {
		err = errors.New(text)
	}
	return out.String(), err
}

// because is what git had to say, as the end of a sentence; nothing where it only
// shook its head.
func because(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return ""
	}
	return ": " + err.Error()
}
