package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/internal/state/location"
	"github.com/vps-fleet/fleet/planner"
)

// applyCommand is the command that carries out exactly this plan, for a shell, with
// whatever it has to allow beyond the guards; "" where no command would.
func (c *command) applyCommand(p *planner.Plan) string {
	lacking, ok := p.Lacking()
	if !ok {
		return ""
	}
	words := []string{"fleet", "apply"}
	add := func(flag string, values ...string) {
		for _, v := range values {
			words = append(words, flag, v)
		}
	}
	add("--file", c.flags.files...)
	add("--target", c.flags.targets...)
	add("--exclude", c.flags.excludes...)
	add("--selector", c.flags.selectors...)
	add("--only", c.flags.only...)
	add("--reboot", c.flags.asked.Reboot...)
	add("--replace", c.flags.asked.Replace...)
	add("--start", c.flags.asked.Start...)
	add("--stop", c.flags.asked.Stop...)
	if n := max(int(c.flags.allowDeletes), lacking.Deletes); n > 0 {
		add("--allow-deletes", fmt.Sprint(n))
	}
	if n := max(int(c.flags.allowChanges), lacking.Changes); n > 0 {
		add("--allow-changes", fmt.Sprint(n))
	}
	if m := max(c.flags.allowCost, lacking.Cost); m > 0 {
		add("--allow-cost", m.String())
	}
	add("--digest", p.Digest())
	for i, w := range words {
		words[i] = shellWord(w)
	}
	words = append(words, c.placeWords()...)
	if c.flags.allowEmpty {
		words = append(words, "--allow-empty")
	}
	return strings.Join(words, " ")
}

// typed is the command as it was given, for a shell.
func (c *command) typed() string {
	words := []string{"fleet"}
	for _, w := range c.shown() {
		words = append(words, shellWord(w))
	}
	return strings.Join(words, " ")
}

// shown are the arguments as they may be shown: without the passwords of URLs.
func (c *command) shown() (words []string) {
	for _, word := range c.Args {
		flag, url := "", word
		if name, value, found := strings.Cut(word, "="); found && strings.HasPrefix(word, "-") {
			flag, url = name+"=", value
		}
		if strings.Contains(url, "://") {
			word = flag + location.Redacted(url)
		}
		words = append(words, word)
	}
	return words
}

// savedCommand is the command that carries out the plan of --out, for a shell.
func (c *command) savedCommand() string {
	return strings.Join(append([]string{"fleet", "apply", shellWord(c.flags.out)}, c.placeWords()...), " ")
}

// placeWords point a command at the sandbox of this one, if it has any, and at its
// state, where that was given and not the environment's.
func (c *command) placeWords() (words []string) {
	if c.flags.sandbox != "" {
		words = append(words, shellWord("--sandbox="+c.flags.sandbox))
	}
	if c.stateIsGiven() {
		words = append(words, shellWord("--state="+location.Redacted(c.flags.state)))
	}
	return words
}

// stateIsGiven reports whether the state was named by a flag, not by the environment.
func (c *command) stateIsGiven() bool {
	return slices.ContainsFunc(c.Args, func(word string) bool { return word == "--state" || strings.HasPrefix(word, "--state=") })
}

// shellWord quotes what a shell would not take as it stands.
func shellWord(w string) string {
	if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,@") == "" {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
