package probe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

// drainTime is how long the output of a command that has ended may stay open in what
// it has left behind.
const drainTime = time.Second

// tokenVariable has what a command must not get: it could do all that fleet can.
const tokenVariable = "VPS_API_TOKEN"

// run runs a command, without a shell, in a process group of its own. Whatever is left
// of the group when the command ends is killed.
func (p *Prober) run(ctx context.Context, c fleet.Command, t apply.Target, phase apply.Phase) error {
	argv := make([]string, len(c.Argv))
	for i, arg := range c.Argv {
		var err error
		if argv[i], err = expand(arg, t, asIs); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.Timeout.Duration, fmt.Errorf("killed after %s", c.Timeout))
	defer cancel()
	var out tail
	cmd := exec.CommandContext(ctx, program(argv[0], c.Dir), argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = c.Dir, &out, &out, drainTime
	cmd.Env = slices.Concat(p.environ, variables(t, phase))
	inGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd.Process) }
	if err := cmd.Start(); err != nil {
		return notStarted(argv[0], err)
	}
	err := cmd.Wait()
	killRest(cmd.Process)
	return ended(ctx, err, out)
}

// program is where a program is: a path is taken from the command's folder.
func program(name, dir string) string {
	if !strings.ContainsRune(filepath.ToSlash(name), '/') || filepath.IsAbs(name) {
		return name
	}
	if abs, err := filepath.Abs(filepath.Join(dir, name)); err == nil {
		return abs
	}
	return name
}

// notStarted tells why a program could not be started, without its whole path.
func notStarted(name string, err error) error {
	var path *fs.PathError
	var lookup *exec.Error
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &lookup):
		err = lookup.Err
	}
	return fmt.Errorf("cannot run %q: %w", cut(name), err)
}

// ended tells how a command has ended, with the last line that it wrote.
func ended(ctx context.Context, err error, out tail) error {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil:
		return nil
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		err = fmt.Errorf("exit %d", exit.ExitCode())
	}
	if line := out.lastLine(); line != "" {
		return fmt.Errorf("%w: %q", err, line)
	}
	return err
}

// inherited are the variables that commands take over from fleet: all but its own,
// and but those that have its token in them by another name.
func inherited(environ []string) (kept []string) {
	token := "\x00"
	for _, v := range environ {
		if value, ok := strings.CutPrefix(v, tokenVariable+"="); ok && value != "" {
			token = value
		}
	}
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		if name != tokenVariable && !strings.HasPrefix(name, "FLEET_") && value != token {
			kept = append(kept, v)
		}
	}
	return kept
}

// variables tell a command about its server.
func variables(t apply.Target, phase apply.Phase) []string {
	vars := []string{
		"FLEET_PHASE=" + string(phase),
		"FLEET_SERVER_NAME=" + t.Name,
		"FLEET_SERVER_ID=" + t.ID,
		"FLEET_SERVER_IP=" + t.IP,
		"FLEET_SERVER_LOCATION=" + t.Location,
		"FLEET_PEER_IP=" + t.PeerIP,
	}
	for key, value := range t.Labels {
		vars = append(vars, "FLEET_SERVER_LABEL_"+strings.ToUpper(key)+"="+value)
	}
	return vars
}
