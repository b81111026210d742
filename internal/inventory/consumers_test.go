package inventory

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/internal/installed"
)

// consumer runs a tool for which a format is made, in a folder of its own with a
// home there, and answers its stdout.
func consumer(t *testing.T, dir, pkg string, command ...string) string {
	t.Helper()
	installed.Need(t, command[0], pkg)
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8"}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(command, " "), err, out, stderr.String())
	}
	return string(out)
}

// save writes files by name into a new folder.
func save(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// notPwned fails where some text was run as a program.
func notPwned(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
		t.Error("a server's name was run")
	}
}

// script is an inventory program as the examples have one.
func script(text string) string {
	return "#!/bin/sh\ncat <<'END-OF-INVENTORY'\n" + text + "END-OF-INVENTORY\n"
}

func TestAnsibleReadsIt(t *testing.T) {
	text, _ := write(t, "ansible", sample())
	dir := save(t, map[string]string{"inventory": script(text)})
	want := `@all:
  |--@env_prod:
  |  |--web-10
  |  |--web-2
  |--@location_eu_central:
  |  |--db-1
  |--@location_us_west:
  |  |--Old Box
  |  |--web-10
  |  |--web-2
  |--@plan_standard_vps:
  |  |--Old Box
  |  |--db-1
  |  |--web-10
  |  |--web-2
  |--@role_db:
  |  |--db-1
  |--@role_web:
  |  |--web-10
  |  |--web-2
  |--@ungrouped:
`
	graph := strings.Split(consumer(t, dir, "ansible-core", "ansible-inventory", "-i", "./inventory", "--graph"), "\n")
	if d := cmp.Diff(sorted(strings.Split(want, "\n")), sorted(graph)); d != "" {
		t.Errorf("ansible-inventory --graph (-want +got):\n%s", d)
	}
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

// Ansible knows every hostile server, and runs no template in what it is told,
// neither in variables nor in a name.
func TestAnsibleRunsNoText(t *testing.T) {
	text, _ := write(t, "ansible", hostile())
	dir := save(t, map[string]string{"inventory": script(text)})
	var list struct {
		Meta struct{ Hostvars map[string]map[string]any } `json:"_meta"`
	}
	if err := json.Unmarshal([]byte(consumer(t, dir, "ansible-core", "ansible-inventory", "-i", "./inventory", "--list")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Meta.Hostvars) != len(hostile()) {
		t.Errorf("%d hosts, want %d", len(list.Meta.Hostvars), len(hostile()))
	}
	for _, name := range []string{"a b", "Wéb_1", "a.b-c_d", "web.54"} {
		if list.Meta.Hostvars[name] == nil {
			t.Errorf("no host %q", name)
		}
	}
	consumer(t, dir, "ansible-core", "ansible", "-i", "./inventory", "localhost", "-m", "debug",
		"-a", "msg={{ groups.all | map('extract', hostvars) | map('to_json') | list }}")
	notPwned(t, dir)
}

func TestSSHReadsIt(t *testing.T) {
	servers := append(sample(), hostile()...)
	text, _ := write(t, "ssh", servers)
	dir := save(t, map[string]string{"config": text})
	ours := regexp.MustCompile(`(?m)^(user|hostname|hostkeyalias) .*\n`)
	me := strings.TrimSpace(consumer(t, dir, "coreutils", "id", "-un"))
	for alias, want := range map[string]string{
		"web-2":           "user root\nhostname 203.0.113.2\nhostkeyalias web-2.12345\n",
		"Old-Box.9b2f-77": "user root\nhostname 198.51.100.9\nhostkeyalias old-box.9b2f-77\n",
		"elsewhere":       "user " + me + "\nhostname elsewhere\n",
	} {
		settings := consumer(t, dir, "openssh-client", "ssh", "-G", "-F", "config", alias)
		if got := strings.Join(ours.FindAllString(settings, -1), ""); got != want {
			t.Errorf("ssh -G %s: got %q, want %q", alias, got, want)
		}
	}
	notPwned(t, dir)
}

const prometheusConfig = "scrape_configs:\n- job_name: node\n  file_sd_configs:\n  - files: [fleet.json]\n"

func TestPrometheusReadsIt(t *testing.T) {
	for _, servers := range [][]Server{nil, sample(), hostile()} {
		text, _ := write(t, "prometheus", servers)
		dir := save(t, map[string]string{"fleet.json": text, "prometheus.yml": prometheusConfig})
		out := consumer(t, dir, "prometheus", "promtool", "check", "config", "prometheus.yml")
		if !strings.Contains(out, "SUCCESS") {
			t.Errorf("promtool: %s", out)
		}
	}
	text, _ := write(t, "prometheus", hostile())
	dir := save(t, map[string]string{"fleet.json": text, "prometheus.yml": prometheusConfig})
	found := consumer(t, dir, "prometheus", "promtool", "check", "service-discovery", "prometheus.yml", "node", "--timeout=500ms")
	if n := strings.Count(found, `"__address__": "198.51.100.`); n < len(hostileNames) {
		t.Errorf("Prometheus finds %d of %d targets", n, len(hostileNames))
	}
}

func TestBindReadsIt(t *testing.T) {
	for _, servers := range [][]Server{nil, sample(), append(sample(), hostile()...)} {
		text, _ := write(t, "zone", servers)
		dir := save(t, map[string]string{
			"fleet.zone": text,
			"main.zone":  "$TTL 300\n@ IN SOA ns.example.net. ops.example.net. 1 3600 600 86400 300\n@ IN NS ns.example.net.\n$INCLUDE fleet.zone\n",
		})
		out := consumer(t, dir, "bind9-utils", "named-checkzone", "-D", "-k", "fail", "example.com", "main.zone")
		if len(servers) > 0 && !regexp.MustCompile(`(?m)^web2\.example\.com\.\s+300 IN AAAA\s+2001:db8::2$`).MatchString(out) {
			t.Errorf("named-checkzone: %s", out)
		}
	}
}

func TestResolverReadsIt(t *testing.T) {
	text, _ := write(t, "hosts", append(sample(), hostile()...))
	seen := make(map[string]string)
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#") // as hosts(5) reads it
		fields := strings.Fields(line)
		for _, name := range fields[min(1, len(fields)):] {
			if seen[name] == "" {
				seen[name] = fields[0]
			}
		}
	}
	for name, want := range map[string]string{"web-2": "203.0.113.2", "web10.example.com": "203.0.113.10", "localhost": "", "Host": "", "example.org": ""} {
		if seen[name] != want {
			t.Errorf("%s is %q, want %q", name, seen[name], want)
		}
	}
}

func TestJqReadsIt(t *testing.T) {
	for _, format := range []string{"json", "ansible", "prometheus"} {
		text, _ := write(t, format, hostile())
		consumer(t, save(t, map[string]string{"list.json": text}), "jq", "jq", "-e", ".", "list.json")
	}
	text, _ := write(t, "json", sample())
	names := consumer(t, save(t, map[string]string{"list.json": text}), "jq", "jq", "-r", ".servers[].name", "list.json")
	if want, _ := write(t, "names", sample()); names != want {
		t.Errorf("jq: got %q, want %q", names, want)
	}
}
