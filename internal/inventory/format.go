package inventory

import (
	"fmt"
	"slices"
)

// Options are what formats need to know beside the servers. Each uses what its
// comment names it for.
type Options struct {
	Columns  []Column // csv: which to write, in this order
	NoHeader bool     // csv: leave out the line of the columns' names
	IPv6     bool     // ip: write IPv6 addresses, not IPv4
	User     string   // ssh: whom to log in as; "": the format does not say
	Port     uint16   // prometheus: where each server's exporter listens
	Zone     string   // octodns and zone: the only zone to write; "": see there
	Host     string   // ansible: write the variables of this host alone; "": the whole inventory
	Account  string   // json: e-mail of the account
	Endpoint string   // json: base URL of the API
}

// Cause is why a server is not in an output.
type Cause int

// The causes. Whoever tells people of them words them.
const (
	NoAddress   Cause = iota + 1 // the server has no IP address, as while it is being made
	NoHostname                   // DNS names servers by hostname, and the server has none
	BadHostname                  // its hostname is no name that DNS takes
	Reserved                     // its name is one that every machine keeps for itself, such as localhost
)

// Omitted is a server that is not in an output.
type Omitted struct {
	Server Server
	Cause  Cause
}

// format is how servers are written for one tool.
type format struct {
	name      string
	addressed bool // it tells of servers with an address alone
	write     func([]Server, Options) (text []byte, left []Omitted, err error)
}

var formats = []format{
	{"json", false, writeJSON},
	{"csv", false, writeCSV},
	{"names", false, writeNames},
	{"ip", true, writeIP},
	{"ansible", true, writeAnsible},
	{"ssh", true, writeSSH},
	{"hosts", true, writeHosts},
	{"prometheus", true, writePrometheus},
	{"octodns", true, writeOctoDNS},
	{"zone", true, writeZone},
}

// Formats are the names that Write knows.
func Formats() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Write writes servers, in their order, in one of Formats, and answers those that
// it had to leave out. An error says what the options lack.
func Write(name string, servers []Server, o Options) (text []byte, left []Omitted, err error) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return nil, nil, fmt.Errorf("%q is not a format", name)
	}
	f := formats[i]
	if f.addressed {
		servers, left = addressed(servers)
	}
	text, more, err := f.write(servers, o)
	if err != nil {
		return nil, nil, err
	}
	return text, append(left, more...), nil
}

// addressed parts the servers with an address from those without.
func addressed(servers []Server) (with []Server, left []Omitted) {
	for _, s := range servers {
		if s.address().IsValid() {
			with = append(with, s)
		} else {
			left = append(left, Omitted{s, NoAddress})
		}
	}
	return with, left
}
