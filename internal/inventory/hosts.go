package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The lines around what fleet writes into a hosts file.
const (
	hostsBegin = "# BEGIN fleet"
	hostsEnd   = "# END fleet"
)

// writeHosts is the block of a hosts file: for each address the hostname, where
// it is one, and the name.
func writeHosts(servers []Server, _ Options) (text []byte, left []Omitted, err error) {
	kept := slices.DeleteFunc(slices.Clone(servers), func(s Server) bool { return reserved(s.Name) })
	for _, s := range servers {
		if reserved(s.Name) {
			left = append(left, Omitted{s, Reserved})
		}
	}
	var b strings.Builder
	b.WriteString(hostsBegin + "\n")
	for i, alias := range aliases(kept, isWord, strings.ToLower) {
		s := kept[i]
		names := alias
		if h := strings.ToLower(s.Hostname); isHostname(h) && !reserved(h) && h != alias {
			names = h + " " + alias
		}
		for _, a := range s.Addresses() {
			fmt.Fprintf(&b, "%s %s\n", a, names)
		}
	}
	b.WriteString(hostsEnd + "\n")
	return []byte(b.String()), left, nil
}

// reserved reports whether a name means the machine itself, whatever a server is called.
func reserved(name string) bool {
	name = strings.ToLower(name)
	return name == "localhost" || name == "broadcasthost" || strings.HasPrefix(name, "localhost.") ||
		strings.HasSuffix(name, ".localhost") || strings.HasPrefix(name, "ip6-")
}

// ErrBlock is a hosts file in which it is not clear which lines are fleet's.
var ErrBlock = errors.New("it has a line \"" + hostsBegin + "\" or \"" + hostsEnd + "\" without the other, or more than one")

// ReplaceBlock puts the block of a hosts file that Write made in place of the one
// in a file, or after its end where it has none. All else of the file stays byte
// for byte. The error is ErrBlock.
func ReplaceBlock(file, block []byte) ([]byte, error) {
	var begins, ends []int // where those lines begin, and where they end
	at := 0
	for line := range bytes.Lines(file) {
		switch string(bytes.TrimRight(line, "\r\n \t")) {
		case hostsBegin:
			begins = append(begins, at)
		case hostsEnd:
			ends = append(ends, at+len(line))
		}
		at += len(line)
	}
	if bytes.Contains(file, []byte("\r\n")) {
		block = bytes.ReplaceAll(block, []byte("\n"), []byte("\r\n"))
	}
	switch {
	case len(begins) == 0 && len(ends) == 0:
		return slices.Concat(file, lineEnd(file, block), block), nil
	case len(begins) != 1 || len(ends) != 1 || ends[0] <= begins[0]:
		return nil, ErrBlock
	}
	if last := file[begins[0]:ends[0]]; last[len(last)-1] != '\n' {
		block = bytes.TrimRight(block, "\r\n")
	}
	return slices.Concat(file[:begins[0]], block, file[ends[0]:]), nil
}

// lineEnd is what a file's last line lacks before a block can follow it.
func lineEnd(file, block []byte) []byte {
	switch {
	case len(file) == 0 || file[len(file)-1] == '\n':
		return nil
	case bytes.HasSuffix(block, []byte("\r\n")):
		return []byte("\r\n")
	}
	return []byte("\n")
}
