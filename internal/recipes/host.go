package recipes

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// unit reads a file of systemd and its drop-ins: the settings by section and key. An
// empty value takes away what the key had before.
func unit(files ...string) (map[string]map[string][]string, error) {
	settings, section := make(map[string]map[string][]string), ""
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSpace(line)
			key, value, assigned := strings.Cut(line, "=")
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				section = strings.Trim(line, "[]")
				if settings[section] == nil {
					settings[section] = make(map[string][]string)
				}
			case !assigned || section == "":
				return nil, fmt.Errorf("%s has the line %q", file, line)
			case value == "":
				delete(settings[section], key)
			default:
				settings[section][key] = append(settings[section][key], value)
			}
		}
	}
	return settings, nil
}

// runSystemd runs the commands of the service with its metrics, one after the other,
// until one fails.
func runSystemd(ts *testscript.TestScript, neg bool, _ []string) {
	settings, err := unit(recipe(ts, "fleet.service"), recipe(ts, "metrics.conf"))
	ts.Check(err)
	service := settings["Service"]
	env := assignments(strings.ReplaceAll(onThisHost(ts, service["Environment"][0]), " ", "\n"))
	for _, command := range service["ExecStart"] {
		err = shell(ts, onThisHost(ts, command), env)
		if err != nil && err.Error() != "exit status "+service["SuccessExitStatus"][0] {
			break
		}
		err = nil
	}
	ended(ts, neg, err)
}

// runCron runs the one line of the crontab.
func runCron(ts *testscript.TestScript, neg bool, _ []string) {
	table, err := os.ReadFile(recipe(ts, "crontab"))
	ts.Check(err)
	line := regexp.MustCompile(`(?m)^(?:[0-9*/,-]+ ){5}([^%\n]*)$`).FindStringSubmatch(string(table))
	if line == nil || assignments(string(table))["MAILTO"] == "" {
		ts.Fatalf("no line of the crontab runs a command and mails what it tells")
	}
	ended(ts, neg, shell(ts, onThisHost(ts, line[1])))
}

// onThisHost is a command with its files in the script's folder.
func onThisHost(ts *testscript.TestScript, command string) string {
	work := ts.Getenv("WORK")
	return strings.NewReplacer("%d", work+"/etc/fleet", "%S", work+"/var/lib",
		"/etc/", work+"/etc/", "/var/lib/", work+"/var/lib/").Replace(command)
}
