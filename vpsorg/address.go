package vpsorg

import (
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

const (
	addressVariable = "VPS_API_URL"
	looksLike       = "it looks like " + DefaultBaseURL
)

// parseBaseURL checks raw and returns it in one normal form: no white space around
// it, lower-case host, no default port, no slash at the end. Its errors do not
// repeat raw, which might hold a password.
func parseBaseURL(raw string) (*url.URL, error) {
	if raw = strings.TrimSpace(raw); raw == "" {
		raw = DefaultBaseURL
	}
	if wrong := miswritten(raw); wrong != "" {
		return nil, &ConfigError{"the API's base URL " + wrong, addressVariable + " must hold the address alone; " + looksLike}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, &ConfigError{"the API's base URL is not a URL", looksLike}
	case u.User != nil:
		return nil, &ConfigError{"the API's base URL contains a user name or password", "put the token in " + tokenVariable + " and only the address in " + addressVariable}
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, &ConfigError{"the API's base URL is not an https:// address", looksLike}
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, &ConfigError{"the API's base URL would send the token to " + oneLine(u.Host) + " unencrypted", "use https://; http:// is for loopback addresses only"}
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, &ConfigError{"the API's base URL has a query or a fragment", looksLike}
	}
	return url.Parse(origin(u) + strings.TrimRight(u.EscapedPath(), "/"))
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// origin is scheme, host and port of u in one spelling; a default port is left out.
func origin(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + port
}

// checkProxy refuses a proxy variable that net/http would ignore because it cannot
// be parsed, so that no request passes by the proxy unnoticed. Requests to loopback
// addresses use no proxy. The error does not show the value, which may hold a
// password.
func checkProxy(base *url.URL) error {
	if isLoopback(base.Hostname()) {
		return nil
	}
	name := strings.ToUpper(base.Scheme) + "_PROXY"
	value := os.Getenv(name)
	if value == "" {
		name = strings.ToLower(name)
		value = os.Getenv(name)
	}
	if value == "" || isProxy(value) {
		return nil
	}
	return &ConfigError{"the proxy in " + name + " is not an address", "it looks like http://proxy.example.com:3128; unset " + name + " to use no proxy"}
}

// isProxy reports whether net/http understands value as a proxy, with or without a
// scheme.
func isProxy(value string) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	return err == nil && u.Hostname() != "" && !strings.HasSuffix(u.Host, ":") && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}
