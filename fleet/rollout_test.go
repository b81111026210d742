package fleet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func selector(t *testing.T, text string) Selector {
	t.Helper()
	s, err := ParseSelector(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func zone(t *testing.T, name string) (z Zone) {
	t.Helper()
	if err := z.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseRollouts(t *testing.T) {
	f, err := Load("../examples/rollouts")
	if err != nil {
		t.Fatal(err)
	}
	count, percent := func(n int) Limit { return Limit{Set: true, N: n} }, func(n int) Limit { return Limit{Set: true, Percent: true, N: n} }
	command := func(argv ...string) *Command {
		return &Command{Argv: argv, Timeout: Duration{2 * time.Minute}, Dir: filepath.Join("..", "examples", "rollouts")}
	}
	times := Rollout{ReadyFor: Duration{10 * time.Second}, ReadyTimeout: Duration{5 * time.Minute}, MinDown: Duration{time.Minute}, ProgressDeadline: Duration{10 * time.Minute}}
	db, web := times, times
	db.Name, db.Labels, db.MaxUnavailable, db.MaxSurge, db.Domain = "db", selector(t, "role=db"), count(1), count(1), DomainLocation
	db.Gate = []Probe{{Prometheus: &PrometheusProbe{"http://127.0.0.1:9090", "etcd_server_has_leader == 0", ExpectEmpty}}}
	db.Drain, db.Restore = command("./member", "leave", "{name}"), command("./member", "join", "{name}")
	web.Name, web.Labels, web.MaxUnavailable, web.MaxSurge, web.After = "web", selector(t, "role=web"), percent(25), count(2), []string{"db"}
	web.Steps, web.Pause = []Limit{count(1), percent(25), percent(100)}, Pause{For: Duration{10 * time.Minute}}
	web.Ready = []Probe{{HTTP: &HTTPProbe{URL: "https://{hostname}/health", Status: 200}}}
	web.Drain, web.Restore = command("./balancer", "drain", "{name}", "{ip}"), command("./balancer", "restore", "{name}", "{ip}")
	if diff := cmp.Diff([]Rollout{db, web}, f.Rollouts, sameFleet); diff != "" {
		t.Errorf("rollouts: -want +got\n%s", diff)
	}
	berlin := zone(t, "Europe/Berlin")
	windows := []Window{{Pick: Pick{Names: []string{"db-*"}}, Days: []Day{Day(time.Saturday), Day(time.Sunday)}, Hours: Hours{2 * 60, 5 * 60}, Zone: berlin}}
	freezes := []Freeze{{From: Date{2026, 12, 20}, Until: Date{2027, 1, 2}, Zone: berlin, Reason: "holidays"}}
	if diff := cmp.Diff(windows, f.Windows, sameFleet); diff != "" {
		t.Errorf("windows: -want +got\n%s", diff)
	}
	if diff := cmp.Diff(freezes, f.Freezes, sameFleet); diff != "" {
		t.Errorf("freezes: -want +got\n%s", diff)
	}
	if s, _ := f.Lookup("web-07"); len(s.Ready) != 1 || s.Ready[0].TCP != 22 {
		t.Errorf("web-07 is ready by %+v", s.Ready)
	}
	if web, db := f.Rollouts[1].Size(f), f.Rollouts[0].Size(f); web != 12 || db != 3 {
		t.Errorf("%d web and %d db", web, db)
	}
}

// What a plan carries of a policy reads back to the same.
func TestPoliciesAsJSON(t *testing.T) {
	type policies struct {
		Rollouts []Rollout
		Windows  []Window
		Freezes  []Freeze
	}
	f, err := Load("../examples/rollouts")
	if err != nil {
		t.Fatal(err)
	}
	before, after := policies{f.Rollouts, f.Windows, f.Freezes}, policies{}
	data, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &after); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after, sameFleet); diff != "" {
		t.Errorf("-before +after\n%s\nthrough %s", diff, data)
	}
	for _, text := range []string{`"max_unavailable":"25%"`, `"hours":"02:00-05:00"`, `"days":["sat","sun"]`, `"timezone":"Europe/Berlin"`, `"from":"2026-12-20"`, `"ready_for":"10s"`, `"labels":"role=web"`} {
		if !strings.Contains(string(data), text) {
			t.Errorf("no %s in %s", text, data)
		}
	}
}

func TestRolloutWarnings(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("there", "#!/bin/sh\n", 0o755)
	write("fleet.yaml", `version: 1
rollouts:
  few: { names: ["web-*"], steps: [2, 100%], max_failures: 2 }
  run: { names: ["web-*"], drain: { command: [./there] }, restore: { command: [./missing, "{name}"] }, ready: [{ command: [no-such-program] }, { command: ["./{name}"] }] }
windows: [{ names: ["web-*", "db-*"], hours: "22:00-04:00" }, { names: ["db-*"], hours: "22:00-04:00" }]
freeze: [{ from: 2026-12-20, until: 2026-12-20 }, { labels: role=web, from: 2026-12-20, until: 2027-01-02 }]
servers: { web-1: {}, web-2: {}, web-3: { status: stopped }, web-4: { absent: true } }
`, 0o644)
	f, err := Load(filepath.Join(dir, "fleet.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range f.Warnings {
		got = append(got, strings.TrimPrefix(w.Pos.String(), filepath.Join(dir, "fleet.yaml:"))+" "+w.Message)
	}
	want := []string{
		`3:35 the first step of rollout "few" is all of its 2 servers, so none of them is tried first`,
		`3:60 rollout "few" has 2 servers, so 2 failures never stop it`,
		`4:80 this host cannot run "./missing"`,
		`4:124 this host cannot run "no-such-program"`,
		`5:63 this window is for no server of the file`,
		`6:51 this freeze is for no server of the file`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestExpand(t *testing.T) {
	value := func(p string) string { return "<" + p + ">" }
	for text, want := range map[string]string{
		"{name}.example.com":     "<name>.example.com",
		"https://{ip}:{label:p}": "https://<ip>:<label:p>",
		`up{job="web"} == 0`:     `up{job="web"} == 0`,
		`up{instance="{ip}:1"}`:  `up{instance="<ip>:1"}`,
		"{} {1} { name }":        "{} {1} { name }",
		"{{name}}":               "{<name>}",
	} {
		if got := Expand(text, value); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestRoundedPercentages(t *testing.T) {
	tests := []struct {
		limit    string
		of       int
		down, up int
	}{{"25%", 24, 6, 6}, {"25%", 3, 0, 1}, {"1%", 0, 0, 0}, {"100%", 7, 7, 7}, {"34%", 3, 1, 2}, {"2", 1, 2, 2}}
	for _, test := range tests {
		var l Limit
		if err := l.parse(test.limit); err != nil {
			t.Fatal(err)
		}
		if down, up := l.Of(test.of), l.AtLeast(test.of); down != test.down || up != test.up {
			t.Errorf("%s of %d is %d and %d, want %d and %d", test.limit, test.of, down, up, test.down, test.up)
		}
	}
}
