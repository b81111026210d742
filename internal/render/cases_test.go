package render

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// This file has the cases that every form is looked at in: a plan of everything, a
// plan of 1,000 servers, and an apply that has ended badly.

// The plans and operating systems of the cases, as the API tells them.
var (
	casePlans = map[string]planner.Named{"basic": {ID: "1", Name: "Basic VPS"}, "standard": {ID: "2", Name: "Standard VPS"}, "performance": {ID: "3", Name: "Performance VPS"},
		"business": {ID: "4", Name: "Business VPS"}, "starter": {ID: "5", Name: "Starter VPS"}}
	caseSystems = map[string]planner.Named{"debian-11": {ID: "10", Name: "Debian 11"}, "debian-12": {ID: "11", Name: "Debian 12"}, "ubuntu-20": {ID: "12", Name: "Ubuntu 20.04 LTS"},
		"ubuntu-22": {ID: "13", Name: "Ubuntu 22.04 LTS"}, "ubuntu-24": {ID: "14", Name: "Ubuntu 24.04 LTS"}}
	casePrices = map[string]fleet.Money{"basic": 160, "standard": 5, "performance": 10, "business": 20, "starter": 80}
)

const caseHead = `version: 1
catalog:
  plans: { basic: 1, standard: 2, performance: 3, business: 4, starter: 5 }
  os: { debian-12: 11, ubuntu-22.04: 13, ubuntu-24.04: 14 }
  ssh_keys: { deploy: 42 }
`

// caseServers writes live servers one a line: NAME [STATUS] [plan=basic os=ubuntu-22 at=us-west host=… backups=on].
// A name may be a range of two digits, such as legacy-[01:14].
func caseServers(t testing.TB, text string) planner.Observation {
	t.Helper()
	o := planner.Observation{Account: "ops@example.com", Endpoint: "https://admin.vps.org/api/v1"}
	for key, named := range casePlans {
		o.Offers = append(o.Offers, planner.Offer{ID: named.ID, Name: named.Name, Available: true, Monthly: ptr(casePrices[key] * 1_000_000), Hourly: ptr(casePrices[key] * 1_400)})
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		for _, name := range caseNames(words[0]) {
			s := planner.Server{ID: fmt.Sprint(41001 + len(o.Servers)), Name: name, Hostname: ptr(name + ".example.com"), Status: planner.StatusActive,
				Location: "us-west", Plan: casePlans["standard"], OS: caseSystems["ubuntu-22"], BackupsEnabled: ptr(false)}
			for _, w := range words[1:] {
				switch key, value, _ := strings.Cut(w, "="); key {
				case "plan":
					s.Plan = casePlans[value]
				case "os":
					s.OS = caseSystems[value]
				case "at":
					s.Location = value
				case "host":
					s.Hostname = ptr(strings.ReplaceAll(value, "{name}", name))
				case "backups":
					s.BackupsEnabled = ptr(value == "on")
				default:
					s.Status = planner.Status(key)
				}
			}
			o.Servers = append(o.Servers, s)
		}
	}
	return o
}

func caseNames(key string) (names []string) {
	before, rest, ok := strings.Cut(key, "[")
	if !ok {
		return []string{key}
	}
	inside, after, _ := strings.Cut(rest, "]")
	var first, last int
	fmt.Sscanf(inside, "%d:%d", &first, &last)
	width := strings.Index(inside, ":")
	for i := first; i <= last; i++ {
		names = append(names, fmt.Sprintf("%s%0*d%s", before, width, i, after))
	}
	return names
}

func casePlan(t testing.TB, file, servers string) *planner.Plan {
	t.Helper()
	return planner.Diff(caseFleet(t, file), caseServers(t, servers), planner.Selection{})
}

// driftCase is mixedCase as drift, with what an apply would do.
func driftCase(t testing.TB) (*planner.Drift, *planner.Plan) {
	t.Helper()
	return planner.FindDrift(caseFleet(t, mixedFile), nil, caseServers(t, mixedServers), planner.Selection{}), mixedCase(t)
}

func caseFleet(t testing.TB, file string) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Parse(fleet.Text{Name: "w/mixed.yaml", Data: []byte(caseHead + file)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// mixedCase is 67 changes on 59 servers, of which 20 are deleted and 7 replaced; 3
// entries are blocked, 4 servers unlisted and 1 in transition.
func mixedCase(t testing.TB) *planner.Plan {
	t.Helper()
	return casePlan(t, mixedFile, mixedServers)
}

// noCredit is how the API refuses a create for want of credit.
type noCredit struct{}

func (noCredit) Error() string {
	return "POST /servers/: " + noCredit{}.Answer() + ": Insufficient credits."
}
func (noCredit) Answer() string { return "402 Payment Required" }

// failedCase is an apply of 14 creates and a stop: five creates were refused for want
// of credit, and two servers are not ready. With doubt, nobody knows of one more
// whether it was created.
func failedCase(t testing.TB, doubt bool) (*planner.Plan, *apply.Result) {
	t.Helper()
	p := casePlan(t, `defaults: { plan: standard, os: ubuntu-22.04, location: us-west, hostname: unmanaged }
servers:
  web-[01:09]: {}
  api-[01:04]: { plan: performance }
  cache-1: { status: stopped }
`, ``)
	began := time.Date(2026, 11, 25, 6, 34, 51, 0, time.UTC)
	r := &apply.Result{Started: began, Duration: 9800 * time.Millisecond}
	credit := &apply.Error{Reason: planner.Reason{Code: planner.CodeRefused}, Err: noCredit{}}
	still := &apply.Error{Reason: planner.Reason{Code: planner.CodeNotReady, Fields: []planner.FieldChange{{Field: fleet.FieldStatus, From: planner.Text("provisioning"), To: planner.Text("active")}}}}
	failed := map[string]time.Duration{"api-04": 4600, "web-03": 7800, "web-04": 4600, "web-06": 4600, "web-08": 4600}
	for i, c := range p.Changes {
		name := c.About().Name
		rep := apply.Report{Change: c, Outcome: apply.Done, ID: fmt.Sprint(12340 + i), Started: began, Duration: time.Duration(2400+500*i) * time.Millisecond}
		switch {
		case failed[name] > 0:
			rep.Outcome, rep.ID, rep.Err, rep.Duration = apply.Failed, "", credit, failed[name]*time.Millisecond
		case name == "api-02" || name == "api-03":
			rep.Outcome, rep.Err, rep.Duration = apply.Unknown, still, 6*time.Second
		case doubt && name == "web-05":
			rep.Outcome, rep.ID, rep.Err = apply.Unknown, "", &apply.Error{Reason: planner.Reason{Code: planner.CodeUnresolved, Name: name}, Err: errors.New("POST /servers/: EOF")}
		}
		rep.Duration = min(rep.Duration, r.Duration)
		rep.Spans = []apply.Span{{From: began, To: began.Add(rep.Duration)}}
		r.Reports = append(r.Reports, rep)
	}
	return p, r
}

// mixedResultCase is mixedCase, carried out with everything done.
func mixedResultCase(t testing.TB) (*planner.Plan, *apply.Result) {
	t.Helper()
	p := mixedCase(t)
	began := time.Date(2026, 11, 25, 4, 21, 0, 0, time.UTC)
	r := &apply.Result{Started: began, Duration: 200 * time.Second, Blocked: p.Blocked}
	for i, c := range p.Changes {
		rep := apply.Report{Change: c, Outcome: apply.Done, ID: c.About().ID, Started: began.Add(time.Duration(i) * 200 * time.Millisecond), Duration: time.Duration(1+i%7) * 900 * time.Millisecond}
		if a := c.Action(); a == planner.ActionCreate || a == planner.ActionReplace {
			rep.ID, rep.Duration = fmt.Sprint(52000+i), time.Duration(100+i)*time.Second
		}
		rep.Spans = []apply.Span{{From: rep.Started, To: rep.Started.Add(rep.Duration)}}
		r.Reports = append(r.Reports, rep)
	}
	for i := range p.Waits {
		r.Reports = append(r.Reports, apply.Report{Wait: &p.Waits[i], Outcome: apply.Done, ID: p.Waits[i].ID, Started: began, Duration: 90 * time.Second})
	}
	return p, r
}

// thousandCase is 352 changes in a fleet of 1,000 servers, with 46 blocked entries.
func thousandCase(t testing.TB) *planner.Plan {
	t.Helper()
	var live strings.Builder
	places := []string{"us-west", "us-east", "eu-west", "eu-north"}
	for i := 1; i <= 1000; i++ {
		words := []string{fmt.Sprintf("node-%04d", i), "at=" + places[i%4]}
		add := func(word string) { words = append(words, word) }
		switch {
		case i%20 == 0 && i <= 960:
			add("host=wrong.example.net") // 48 updates
		case i%20 == 1:
			add("stopped") // 50 starts
		case i%20 == 3 && i < 900:
			add("os=ubuntu-20") // 45 replacements, or blocked
		case i%20 == 5:
			add("backups=on") // 50 updates
		case i == 2:
			add("suspended")
		}
		fmt.Fprintln(&live, strings.Join(words, " "))
	}
	for i := range 40 {
		fmt.Fprintf(&live, "gone-%02d plan=starter at=%s\n", i, places[i%4])
	}
	for i := range 100 {
		fmt.Fprintf(&live, "x%c%c-%03d plan=basic at=%s\n", 'a'+i%26, 'a'+i/26, i*7, places[i%4])
	}
	return casePlan(t, `owns: ["*"]
unlisted: delete
guards: { max_deletes: 150 }
defaults: { plan: standard, os: ubuntu-22.04, hostname: "{name}.example.com" }
servers:
`+thousandEntries()+`  gone-[00:39]: { absent: true }
  new-[001:032]: { location: us-west, plan: performance }
  other-[001:032]: { location: us-east, plan: business }
`, live.String())
}

// thousandEntries are the entries of 1,000 servers, one a line.
func thousandEntries() string {
	var b strings.Builder
	places := []string{"us-west", "us-east", "eu-west", "eu-north"}
	for i := 1; i <= 1000; i++ {
		extra := ""
		switch {
		case i%20 == 1:
			extra = ", status: active"
		case i%20 == 5:
			extra = ", backups_enabled: false"
		}
		fmt.Fprintf(&b, "  node-%04d: { location: %s%s }\n", i, places[i%4], extra)
	}
	return b.String()
}

// The cases are what their names say.
func TestCases(t *testing.T) {
	mixed := mixedCase(t)
	if got, want := fmt.Sprint(mixed.Count(), len(mixed.Blocked), len(mixed.Unlisted), len(mixed.Waits)), "map[create:10 delete:20 reboot:8 replace:7 start:3 stop:3 update:16] 3 4 1"; got != want {
		t.Errorf("the mixed case is %s, want %s", got, want)
	}
	if _, r := failedCase(t, true); len(r.Reports) != 15 {
		t.Errorf("the failed case has %d changes, want 15", len(r.Reports))
	}
	thousand := thousandCase(t)
	if n, m := len(thousand.Changes), len(thousand.Blocked); n != 352 || m != 46 {
		t.Errorf("the large case has %d changes, %v, and %d are blocked, want 352 and 46", n, thousand.Count(), m)
	}
}

// What is shown of the mixed case, by group.
func TestReviewOfTheMixedCase(t *testing.T) {
	r := reviewOf(mixedCase(t))
	var got []string
	for _, s := range r.Sections {
		got = append(got, s.Lead+"|"+s.Said)
		for _, g := range s.Groups {
			got = append(got, strings.Join([]string{"  " + g.Symbol, strings.Join(g.Members.ranges(), " "), g.Members.note(), g.What, g.Cost.String(), r.lines(g)}, "|"))
		}
	}
	golden(t, "review_mixed", r.File+"\n"+strings.Join(got, "\n")+"\n")
}
