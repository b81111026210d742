// Package inventory writes servers in the formats of the tools that must know
// where servers are: Ansible, ssh, hosts files, Prometheus, DNS, scripts. There
// is one file a format.
//
// All that it is given is data: a server's name may be any text, and none of it
// can become a second record, a pattern, a formula or a template in an output.
// Nothing is read or written here, and nothing is said to people; internal/cli
// finds the servers, and internal/render shows them on a terminal.
package inventory
