package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// What the sandbox is reached by. Its transitions are quick, so that trying
// things out does not take the minutes that they take in earnest.
const (
	sandboxURL          = "http://127.0.0.1/api/v1"
	sandboxToken        = "vps_sandbox"
	sandboxProvisioning = 2 * time.Second
	sandboxTransition   = time.Second
)

// world is the account that a command is about.
type world struct {
	client   *vpsorg.Client
	observer *apply.Observer
	journal  *apply.Journal // nil where nothing is changed
	fights   fights         // likewise without a path
}

// connect makes the client of the API, or of the sandbox. It sends nothing.
func (s *session) connect() (world, error) {
	cfg, err := s.clientConfig()
	if err != nil {
		return world{}, err
	}
	c, err := vpsorg.New(cfg)
	return world{client: c, observer: apply.NewObserver(c)}, err
}

func (s *session) clientConfig() (vpsorg.Config, error) {
	cfg := vpsorg.Config{Rate: s.flags.rate, Parallelism: s.flags.parallelism, UserAgent: "fleet/" + version(), Observe: s.noteCall}
	if s.flags.sandbox != "" {
		e, err := openSandbox(s.flags.sandbox)
		if err != nil {
			return cfg, err
		}
		cfg.BaseURL, cfg.Token, cfg.Transport, cfg.Rate = sandboxURL, sandboxToken, e.Transport(), 0
		return cfg, nil
	}
	var err error
	cfg.BaseURL = s.Getenv("VPS_API_URL")
	cfg.Token, cfg.TokenSource, err = s.token()
	return cfg, err
}

func openSandbox(file string) (*emulator.Emulator, error) {
	e, err := emulator.Open(file)
	if err != nil {
		return nil, err
	}
	e.Token, e.Provisioning, e.Transition = sandboxToken, sandboxProvisioning, sandboxTransition
	return e, nil
}

// maxToken is more bytes than any token has; of a longer file no more is read.
const maxToken = 8 << 10

// token reads the token, from the file where one is given, and names its source.
// No error shows any of it; whether it can be one is for the client to say.
func (s *session) token() (token, source string, err error) {
	if s.flags.tokenFile == "" {
		if t := s.Getenv("VPS_API_TOKEN"); strings.TrimSpace(t) != "" {
			return t, "VPS_API_TOKEN", nil
		}
		return "", "", refusal{"there is no API token", "make one at Account → Developers and put it in VPS_API_TOKEN or a --token-file; to try things out without one, use --sandbox"}
	}
	source = "the token file " + s.flags.tokenFile
	f, err := os.Open(s.flags.tokenFile)
	if err != nil {
		return "", "", fmt.Errorf("cannot read the token file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	switch {
	case err != nil:
		return "", "", fmt.Errorf("cannot read the token file: %w", err)
	case strings.TrimSpace(string(data)) == "":
		return "", "", refusal{source + " is empty", "put the API token in it, alone on one line"}
	}
	return string(data), source, nil
}
