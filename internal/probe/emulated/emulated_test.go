package emulated_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/probe/emulated"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

var (
	port22 = fleet.Probe{TCP: 22}
	health = fleet.Probe{HTTP: &fleet.HTTPProbe{URL: "http://{ip}/health", Status: 200}}
)

// A server that reboots is asked each second; a line is what its health was for how long.
func TestReboot(t *testing.T) {
	for _, c := range []struct {
		name    string
		service emulator.Service
		want    string
	}{
		{"plain", emulator.Service{}, "connection refused 3s, ready"},
		{"boots", emulator.Service{Boot: 5 * time.Second}, "connection refused 3s, http 503 5s, ready"},
		{"the old boot answers on", emulator.Service{Linger: 2 * time.Second}, "ready 2s, connection refused 1s, ready"},
		{"the old boot answers although the status was active again", emulator.Service{Linger: 10 * time.Second, Boot: 5 * time.Second},
			"ready 10s, http 503 5s, ready"},
		{"breaks", emulator.Service{Broken: true}, "connection refused 3s, http 503"},
		{"hangs", emulator.Service{Hangs: true}, "connection refused 3s, no answer within 5s"},
		{"flaps", emulator.Service{Flap: 8 * time.Second}, "connection refused 3s, ready 5s, http 503 8s, ready 8s, http 503"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &emulator.Emulator{Transition: 3 * time.Second, ServiceOf: func(vpsorg.Server) emulator.Service { return c.service }}
				s := e.Add(vpsorg.Server{Name: "web-1"})
				time.Sleep(time.Until(time.Unix(time.Now().Unix()/16*16+16, 0))) // where flapping begins
				reboot(t, e, s.ID)
				if got := watch(t, emulated.Prober{Emulator: e}, apply.Target{Name: s.Name, IP: *s.IPAddress}); got != c.want {
					t.Errorf("got %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

func reboot(t *testing.T, e *emulator.Emulator, id vpsorg.ID) {
	t.Helper()
	client, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: e.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.RebootServer(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

// watch asks for half a minute.
func watch(t *testing.T, p emulated.Prober, of apply.Target) string {
	var lines []string
	was, since, began := "", time.Now(), time.Now()
	for time.Since(began) < 30*time.Second {
		asked, is := time.Now(), "ready"
		if err := p.Probe(t.Context(), health, of); err != nil {
			is = err.Error()
		}
		if is != was && was != "" {
			lines = append(lines, was+" "+asked.Sub(since).String())
			since = asked
		}
		was = is
		time.Sleep(time.Second - time.Since(asked)%time.Second)
	}
	return strings.Join(append(lines, was), ", ")
}

func TestProbe(t *testing.T) {
	e := &emulator.Emulator{ServiceOf: func(vpsorg.Server) emulator.Service { return emulator.Service{Broken: true} }}
	ip := *e.Add(vpsorg.Server{Name: "web-1"}).IPAddress
	p := emulated.Prober{Emulator: e}
	for _, c := range []struct {
		name  string
		probe fleet.Probe
		ip    string
		want  string
	}{
		{"a port answers although its service is not ready", port22, ip, ""},
		{"a page does not", health, ip, "http 503"},
		{"nobody is there", port22, "198.18.99.99", "connection refused"},
		{"no address", port22, "", "no address yet"},
		{"a command", fleet.Probe{Command: &fleet.Command{}}, "", ""},
	} {
		got := ""
		if err := p.Probe(t.Context(), c.probe, apply.Target{Name: "web-1", IP: c.ip}); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
