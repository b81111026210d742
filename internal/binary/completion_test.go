package binary_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/internal/installed"
)

// completions are lines and what a shell offers at the end of each: at least what
// is wanted, and nothing of the rest.
var completions = []struct {
	line   string
	want   []string
	refuse []string
}{
	{"fleet plan --target w", []string{"web-01", "web-02", "web-03"}, []string{"db-1", "words-1.txt"}},
	{"fleet plan --exclude web-01,w", []string{"web-02", "web-03"}, []string{"web-01,web-01", "words-1.txt"}},
	{"fleet plan -f other.yaml --target ", []string{"cache-1", "cache-2"}, []string{"web-01", "words-1.txt"}},
	{"fleet apply --only s", []string{"start", "stop"}, []string{"words-1.txt"}},
	{"fleet plan --log-level ", []string{"debug", "error"}, []string{"words-1.txt"}},
	{"fleet list -o ", []string{"wide", "ansible"}, []string{"words-1.txt"}},
	{"fleet list --sort ", []string{"ip_address", "price_monthly"}, []string{"words-1.txt"}},
	{"fleet list -l ro", []string{"role=web", "role=db"}, []string{"words-1.txt"}},
	{"fleet list w", []string{"web-01", "web-02"}, []string{"words-1.txt"}},
	{"fleet get ", []string{"db-1", "web-01"}, []string{"words-1.txt"}},
	{"fleet plan --rate ", nil, []string{"words-1.txt"}},
	{"fleet plan ", nil, []string{"words-1.txt"}},
	{"fleet plan --out w", []string{"words-1.txt", "words-2.txt"}, []string{"web-01"}},
	{"fleet plan -f ", []string{"fleet.yaml", "other.yaml"}, []string{"web-01"}},
	{"fleet apply ", []string{"words-1.txt", "words-2.txt"}, []string{"web-01"}},
	{"fleet plan --max", []string{"--max-bytes"}, []string{"`"}},
	{"fleet completion ", []string{"bash", "powershell"}, []string{"words-1.txt"}},
}

// The shells themselves complete values: as fleet's script asks for them.
func TestCompletion(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"fleet.yaml":  "version: 1\ndefaults: {plan: 1, os: 5, location: us-west}\nservers:\n  web-[01:03]: {labels: {role: web}}\n  db-1: {labels: {role: db}}\n",
		"other.yaml":  "version: 1\ndefaults: {plan: 1, os: 5, location: us-west}\nservers: {\"cache-[1:2]\": {}}\n",
		"words-1.txt": "", "words-2.txt": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lines := make([]string, len(completions))
	for i, c := range completions {
		lines[i] = c.line
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			offered := completeIn(t, shell, dir, lines)
			for _, c := range completions {
				checkOffered(t, c.line, offered[c.line], c.want, c.refuse)
			}
		})
	}
}

// completeIn is what a shell offers for each line.
func completeIn(t *testing.T, shell, dir string, lines []string) map[string]string {
	installed.Need(t, shell, shell)
	script, err := filepath.Abs("../../testdata/completion/complete." + shell)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell, append([]string{script}, lines...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"), "TERM=xterm", "BASH_COMPLETION="+bashCompletion(t, shell))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	offered := make(map[string]string)
	for part := range strings.SplitSeq("\n"+string(out), "\n== ") {
		line, text, _ := strings.Cut(part, "\n")
		offered[line] = text
	}
	return offered
}

// bashCompletion is the library that bash's completions are made with.
func bashCompletion(t *testing.T, shell string) string {
	for _, file := range []string{"/usr/share/bash-completion/bash_completion", "/usr/local/share/bash-completion/bash_completion", "/opt/homebrew/share/bash-completion/bash_completion"} {
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	if shell == "bash" {
		installed.Missing(t, "bash-completion", "bash-completion")
	}
	return ""
}

func checkOffered(t *testing.T, line, offered string, want, refuse []string) {
	for _, value := range want {
		if !strings.Contains(offered, value) {
			t.Errorf("%q does not offer %s:\n%s", line, value, offered)
		}
	}
	for _, value := range refuse {
		if strings.Contains(offered, value) {
			t.Errorf("%q offers %s:\n%s", line, value, offered)
		}
	}
}
