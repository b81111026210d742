package inventory

import (
	"fmt"
	"strings"
)

// writeSSH is a file for ssh_config's Include. HostKeyAlias keeps host keys by
// the server's id rather than by its address or name, so that a replaced server
// raises no false alarm and its successor at the same address is not taken for it.
func writeSSH(servers []Server, o Options) ([]byte, []Omitted, error) {
	var b strings.Builder
	b.WriteString("# Written by fleet list; changes made here are lost.\n")
	for i, alias := range aliases(servers, isWord, exactly) {
		s := servers[i]
		fmt.Fprintf(&b, "\nHost %s\n  HostName %s\n", alias, s.address())
		if o.User != "" {
			fmt.Fprintf(&b, "  User %s\n", o.User)
		}
		fmt.Fprintf(&b, "  HostKeyAlias %s\n", nameAndID(s))
	}
	return []byte(b.String()), nil, nil
}
