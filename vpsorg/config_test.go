package vpsorg

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestEndpointHasOneForm(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                  "https://admin.vps.org/api/v1",
		"https://admin.vps.org/api/v1/":     "https://admin.vps.org/api/v1",
		"HTTPS://Admin.VPS.org:443/api/v1":  "https://admin.vps.org/api/v1",
		"https://admin.vps.org:8443/api/v1": "https://admin.vps.org:8443/api/v1",
		"http://localhost:8080//":           "http://localhost:8080",
		"http://127.9.9.9/api":              "http://127.9.9.9/api",
		"http://[::1]:80/api":               "http://[::1]/api",
		" https://admin.vps.org/api/v1\r\n": "https://admin.vps.org/api/v1",
	} {
		c, err := New(Config{BaseURL: raw, Token: "t"})
		if err != nil {
			t.Errorf("%q: %v", raw, err)
		} else if c.Endpoint() != want {
			t.Errorf("%q: got %q, want %q", raw, c.Endpoint(), want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	const secret = "hunter2"
	for name, tt := range map[string]struct {
		cfg  Config
		want string
	}{
		"plain http":       {Config{BaseURL: "http://admin.vps.org/api/v1"}, "to admin.vps.org unencrypted"},
		"loopback by name": {Config{BaseURL: "http://127.0.0.1.example.com/"}, "unencrypted"},
		"user":             {Config{BaseURL: "https://" + secret + "@admin.vps.org"}, "user name or password"},
		"user and port":    {Config{BaseURL: "https://me:" + secret + ":x@admin.vps.org:y"}, "not a URL"},
		"query":            {Config{BaseURL: "https://admin.vps.org/?token=" + secret}, "query or a fragment"},
		"bare query":       {Config{BaseURL: "https://admin.vps.org/?"}, "query or a fragment"},
		"fragment":         {Config{BaseURL: "https://admin.vps.org/#" + secret}, "query or a fragment"},
		"no scheme":        {Config{BaseURL: "admin.vps.org/api/v1"}, "not an https:// address"},
		"other scheme":     {Config{BaseURL: "ftp://admin.vps.org"}, "not an https:// address"},
		"no host":          {Config{BaseURL: "https:///api/v1"}, "not an https:// address"},
		"quoted address":   {Config{BaseURL: `"https://admin.vps.org"`}, "the API's base URL is in quotes"},
		"address line":     {Config{BaseURL: "VPS_API_URL=https://admin.vps.org"}, "the API's base URL begins with NAME="},
		"address with BOM": {Config{BaseURL: "\ufeffhttps://admin.vps.org"}, "byte order mark"},
		"address with \\n": {Config{BaseURL: `https://admin.vps.org\n`}, `literal \n`},
		"two lines":        {Config{Token: secret + "\n" + secret}, "line breaks"},
		"space":            {Config{Token: secret + " x"}, "spaces"},
		"not ASCII":        {Config{Token: secret + "é"}, "other characters"},
		"blank token":      {Config{Token: " \n"}, "no API token"},
		"negative rate":    {Config{Rate: -1}, "-1 requests a second"},
		"no rate":          {Config{Rate: math.NaN()}, "NaN requests"},
		"negative timeout": {Config{Timeout: -time.Second}, "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.cfg.Token == "" {
				tt.cfg.Token = "t"
			}
			_, err := New(tt.cfg)
			if err == nil {
				t.Fatal("accepted")
			}
			var config *ConfigError
			if !errors.As(err, &config) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want something with %q", err, tt.want)
			}
			if text := err.Error() + config.Hint(); strings.Contains(text, secret) || strings.Contains(text, "\n") {
				t.Errorf("got %q", text)
			}
		})
	}
}
