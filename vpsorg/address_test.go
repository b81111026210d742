package vpsorg

import (
	"errors"
	"strings"
	"testing"
)

func TestProxyVariables(t *testing.T) {
	const secret = "hunter2"
	for value, good := range map[string]bool{
		"":                                     true,
		"http://proxy.example.com:3128":        true,
		"https://u:" + secret + "@proxy:443/":  true,
		"socks5://127.0.0.1:1080":              true,
		"socks5h://proxy":                      true,
		"proxy.example.com:3128":               true,
		"proxy":                                true,
		"http://u:" + secret + "@[::1":         false,
		"http://u:" + secret + "%zz@proxy:31":  false,
		"http://proxy:" + secret:               false,
		`"http://u:` + secret + `@proxy:3128"`: false,
		" http://" + secret + ":3128":          false,
		"ftp://" + secret:                      false,
		"http://":                              false,
		"http:":                                false,
		"://" + secret:                         false,
	} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
			t.Run(name+"="+strings.ReplaceAll(value, "/", "_"), func(t *testing.T) {
				t.Setenv("HTTPS_PROXY", "")
				t.Setenv("https_proxy", "")
				t.Setenv("HTTP_PROXY", "::") // not for https://
				t.Setenv(name, value)
				_, err := New(Config{Token: "t"})
				var config *ConfigError
				if good {
					if err != nil {
						t.Errorf("refused: %v", err)
					}
					return
				}
				if !errors.As(err, &config) || !strings.Contains(err.Error(), "the proxy in "+name+" is not an address") {
					t.Fatalf("got %v", err)
				}
				if strings.Contains(err.Error()+config.Hint(), secret) {
					t.Errorf("the value is in %q, %q", err, config.Hint())
				}
			})
		}
	}
}

func TestLoopbackNeedsNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "::")
	if _, err := New(Config{Token: "t", BaseURL: "http://127.0.0.1:8080"}); err != nil {
		t.Error(err)
	}
}
