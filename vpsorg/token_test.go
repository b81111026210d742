package vpsorg

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

const secretToken = "vps_s3cret"

func TestTokensThatAreTaken(t *testing.T) {
	for _, raw := range []string{
		secretToken, secretToken + "\r\n", " \t" + secretToken + "\n\n", "\u00a0" + secretToken,
		secretToken + "=", secretToken + "==", "abc=", `vps_a\b`, "vps_$x", "n", strings.Repeat("x", maxToken),
	} {
		c, err := New(Config{Token: raw})
		if err != nil || c.cfg.Token != strings.TrimSpace(raw) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

// TestTokensThatAreNot: what people have written instead of a token is named with
// the place to look at, and never shown.
func TestTokensThatAreNot(t *testing.T) {
	for raw, want := range map[string]string{
		"\ufeff" + secretToken:                            "begins with a byte order mark (BOM)",
		"\xff\xfe" + utf16(secretToken):                   "is in UTF-16",
		"\xfe\xff\x00v\x00p":                              "is in UTF-16",
		utf16(secretToken + "\r\n"):                       "is in UTF-16",
		`"` + secretToken + `"`:                           "is in quotes",
		"'" + secretToken + "'":                           "is in quotes",
		"`" + secretToken + "`":                           "is in quotes",
		"“" + secretToken + "”":                           "is in quotes",
		"VPS_API_TOKEN=" + secretToken:                    "begins with NAME=",
		`export VPS_API_TOKEN="` + secretToken + `"`:      "begins with NAME=",
		"token=" + secretToken + "\nother=" + secretToken: "begins with NAME=",
		"VPS_API_TOKEN=":                                  "begins with NAME=",
		secretToken + `\n`:                                `has a literal \n in it`,
		secretToken + `\r\n`:                              `has a literal \n in it`,
		"***":                                             "is masked",
		"vps_s3c***":                                      "is masked",
		"vps_••••":                                        "is masked",
		"Bearer " + secretToken:                           `begins with "Bearer"`,
		"$VPS_API_TOKEN":                                  "is a variable",
		"${VPS_API_TOKEN}":                                "is a variable",
		"${{ secrets.VPS_API_TOKEN }}":                    "is a variable",
		"<your token>":                                    "is a variable or a placeholder",
		secretToken + "\n" + secretToken:                  "spaces, line breaks",
		secretToken + " x":                                "spaces",
		secretToken + "é":                                 "other characters",
		secretToken + "\u200b":                            "other characters",
		secretToken + "\x7f":                              "other characters",
		strings.Repeat("x", maxToken+1):                   "no token has",
		" \n":                                             "there is no API token",
		"":                                                "there is no API token",
	} {
		_, err := New(Config{Token: raw, TokenSource: "the token file ops.token"})
		var config *ConfigError
		if !errors.As(err, &config) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want something with %q", raw, err, want)
			continue
		}
		if !strings.Contains(config.Hint(), "the token file ops.token") {
			t.Errorf("%q: the hint does not name the source: %q", raw, config.Hint())
		}
		if strings.Contains(err.Error()+config.Hint(), "s3c") {
			t.Errorf("the token is in %q, %q", err, config.Hint())
		}
	}
}

func utf16(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

func TestARefusedTokenNamesItsSource(t *testing.T) {
	for source, want := range map[string]string{"": "check VPS_API_TOKEN;", "the token file x": "check the token file x;"} {
		c := newTestClient(t, Config{Transport: always(http.StatusUnauthorized, ""), TokenSource: source})
		_, err := c.GetAccount(t.Context())
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint(), want) {
			t.Errorf("got %v with the hint %q", err, e.Hint())
		}
	}
}
