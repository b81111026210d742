package inventory

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// aliases are the names under which tools know servers, in the servers' order and
// no two the same, as a tool tells names apart by their keys. It is the server's own
// name where usable takes that and no other server has it. Otherwise it is the plain
// part of the name and the id, web-1.12345, so that nobody reaches one server for
// another.
func aliases(servers []Server, usable func(name string) bool, key func(name string) string) []string {
	count := make(map[string]int)
	for _, s := range servers {
		count[key(s.Name)]++
	}
	list := make([]string, len(servers))
	taken := make(map[string]bool)
	for i, s := range servers {
		if count[key(s.Name)] == 1 && usable(s.Name) {
			list[i], taken[key(s.Name)] = s.Name, true
		}
	}
	for i, s := range servers {
		if list[i] != "" {
			continue
		}
		alias := nameAndID(s)
		for taken[key(alias)] {
			alias += "." + plain(s.ID)
		}
		list[i], taken[key(alias)] = alias, true
	}
	return list
}

// exactly is the key where tools tell Web from web; strings.ToLower where they do not.
func exactly(name string) string { return name }

// nameAndID is a plain text that no other server will have in future either, as
// the API gives an id once.
func nameAndID(s Server) string {
	return strings.TrimLeft(plain(s.Name)+"."+plain(s.ID), ".-")
}

// plain keeps the letters, digits, dots, hyphens and underscores of a text.
func plain(text string) string {
	return strings.Trim(notPlain.ReplaceAllString(text, "-"), "-")
}

var notPlain = regexp.MustCompile(`[^\pL\pN._-]+`)

// isWord reports whether a name is plain and cannot be taken for an option or an
// address.
func isWord(name string) bool {
	_, err := netip.ParseAddr(name)
	return err != nil && name != "" && name[0] != '-' && !notPlain.MatchString(name)
}

// isText reports whether a text is one visible line with no space around it.
func isText(text string) bool {
	return text != "" && strings.TrimSpace(text) == text && fleet.Escape(text) == text
}
