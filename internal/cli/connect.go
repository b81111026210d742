package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/probe"
	"github.com/vps-fleet/fleet/internal/probe/emulated"
	"github.com/vps-fleet/fleet/internal/render"
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
	sandboxSettle       = time.Second // its reads never lag
)

// connect makes the engine for the API, or for the sandbox. It sends nothing.
func (c *command) connect() (*apply.Engine, error) {
	cfg, sandbox, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	client, err := vpsorg.New(cfg)
	if err != nil {
		return nil, err
	}
	store, err := c.store()
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // an unnamed host is shown as such
	return &apply.Engine{
		Client: client, Store: store, DetailsMaxAge: c.flags.detailsMaxAge, MaxCorrections: c.flags.maxCorrections, LockTimeout: c.flags.wait,
		Holder: apply.Holder{PID: os.Getpid(), Host: host, Command: "fleet " + strings.Join(c.shown(), " ")},
		Runner: apply.Runner{Parallelism: c.flags.parallelism, PollInterval: c.flags.pollInterval, Timeout: c.flags.timeout, Settle: c.settle(),
			Overrides: c.flags.overrides, Prober: c.prober(sandbox)},
		Emit: c.warn,
	}, nil
}

// prober asks the servers how they are: those of the sandbox where there is one, since
// no network reaches them. Commands run on this host in any case.
func (c *command) prober(sandbox *emulator.Emulator) apply.Prober {
	real := probe.New(c.Environ)
	if sandbox == nil {
		return real
	}
	return emulated.Prober{Emulator: sandbox, Others: real}
}

// settle is how long the API may lag behind.
func (c *command) settle() time.Duration {
	if c.flags.sandbox != "" && c.flags.settle == apply.DefaultSettle {
		return sandboxSettle
	}
	return c.flags.settle
}

// warn logs what did not work and stops no run.
func (c *command) warn(e apply.Event) {
	w, ok := e.(apply.Warning)
	if !ok {
		return
	}
	entry := c.log.Warn()
	if w.What == apply.StateUnsaved {
		entry = c.log.Error() // the exit code tells of it
	}
	if w.Server != "" {
		entry = entry.Str("server", w.Server)
	}
	entry.Err(w.Err).Msg(render.Warning(w))
}

// clientConfig is how the API is reached, or the sandbox, which is nil where there is none.
func (c *command) clientConfig() (vpsorg.Config, *emulator.Emulator, error) {
	notice := newWaitingNotice(c.notices)
	observe := func(call vpsorg.Call) { // it logs no headers and no body
		c.requests.add(call)
		c.log.Debug().Stringer("kind", call.Kind).Str("method", call.Method).Str("path", call.Path).Int("status", call.Status).
			Int("attempt", call.Attempt).Dur("duration", call.Duration).Err(call.Err).Msg("request")
	}
	cfg := vpsorg.Config{Rate: c.flags.rate, Parallelism: c.flags.parallelism, UserAgent: "fleet/" + thisBuild().Version,
		Timeout: c.flags.requestTimeout, MaxWait: c.flags.timeout, Observe: observe, Sending: notice.sending, Waiting: notice.tell}
	if c.flags.sandbox != "" {
		e, err := openSandbox(c.flags.sandbox)
		if err != nil {
			return cfg, nil, err
		}
		cfg.BaseURL, cfg.Token, cfg.Transport, cfg.Rate = sandboxURL, sandboxToken, e.Transport(), 0
		return cfg, e, nil
	}
	var err error
	cfg.BaseURL = c.Getenv("VPS_API_URL")
	cfg.Token, cfg.TokenSource, err = c.token()
	return cfg, nil, err
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
func (c *command) token() (token, source string, err error) {
	if c.flags.tokenFile == "" {
		if t := c.Getenv("VPS_API_TOKEN"); strings.TrimSpace(t) != "" {
			return t, "VPS_API_TOKEN", nil
		}
		return "", "", refusal{"there is no API token", "make one at Account → Developers and put it in VPS_API_TOKEN or a --token-file; to try things out without one, use --sandbox"}
	}
	source = "the token file " + c.flags.tokenFile
	f, err := os.Open(c.flags.tokenFile)
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
