package importer

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

const header = `# %s, as fleet import found them.
#
# This file changes nothing yet, as "fleet plan" shows. Change a value, and the plan
# shows what comes of it; "fleet apply" makes it so. A field that is left out is not
# managed. "fleet import" adds servers that are made elsewhere later.
version: 1
`

// newFile writes a file for all chosen servers, and returns its defaults.
func (j Job) newFile(chosen []candidate, n *names, r *Result) defaults {
	entries := entriesOf(chosen)
	d := mostCommon(entries)
	common := d.over(defaults{}, n)
	written := newEntries(entries, d, n)
	var b strings.Builder
	b.WriteString(j.head())
	b.WriteString(catalogText(n))
	if len(common) > 0 {
		b.WriteString("defaults:\n")
		for _, f := range common {
			fmt.Fprintf(&b, "  %s: %s\n", f.Field, f.Text)
		}
		b.WriteByte('\n')
	}
	b.WriteString(serversText(written))
	r.Entries = len(entries)
	r.Files = []File{{Name: j.Into, New: []byte(b.String())}}
	return d
}

// serversText is entries as a new file has them.
func serversText(entries []fleet.NewEntry) string {
	var b strings.Builder
	b.WriteString("servers:\n")
	for _, e := range entries {
		if e.Apart {
			b.WriteByte('\n')
		}
		b.WriteString(e.Text())
	}
	return b.String()
}

// head is all that a new file says before its catalog.
func (j Job) head() string {
	whose, account := "Servers at VPS.org", ""
	if email.MatchString(j.Observation.Account) {
		whose, account = "Servers of "+j.Observation.Account, "account: "+j.Observation.Account+"\n"
	}
	text := fmt.Sprintf(header, whose) + account
	if len(j.Owns) > 0 {
		text += commented("owns: "+quotedList(j.Owns), "the names that this file speaks for")
	}
	return text + commented("unlisted: report", "one that no entry lists is reported, never deleted") +
		commented("guards: { max_deletes: 0 }", "a run that would delete or replace servers is refused") + "\n"
}

// commented is a line with a comment behind it.
func commented(line, comment string) string { return fmt.Sprintf("%-34s # %s\n", line, comment) }

func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = strconv.Quote(t)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// email is an address that needs no quotes in YAML.
var email = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+$`)

// catalogText is the catalog of a new file, by id.
func catalogText(n *names) string {
	var b strings.Builder
	for _, c := range []*catalog{n.plans, n.os} {
		if len(c.added) == 0 {
			continue
		}
		slices.SortFunc(c.added, func(a, b fleet.FieldText) int {
			return cmp.Or(fleet.CompareNames(a.Text, b.Text), cmp.Compare(a.Field, b.Field))
		})
		b.WriteString(fleet.NewEntry{Key: c.kind, Fields: c.added}.Text())
	}
	if b.Len() == 0 {
		return ""
	}
	return "catalog:\n" + b.String() + "\n"
}
