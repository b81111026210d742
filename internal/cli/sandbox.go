package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

func newSandbox(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "sandbox [FILE]",
		Short: "Serve the built-in API on a local address",
		Long: `Serve the built-in emulator of the VPS.org API until interrupted, its servers kept in
FILE (default ` + defaultSandbox + `). The two lines on stdout, pasted into another
shell, point fleet or curl at it. With --servers it begins with an account that people
have made by hand, to try list and import on.`,
		Example:           "  fleet sandbox\n  fleet sandbox --servers 60\n  fleet sandbox --listen 127.0.0.1:8080 servers.json",
		Args:              oneArgument("one file", "serve each file by a sandbox of its own, with an address of its own in --listen"),
		ValidArgsFunction: first(anyFile),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := defaultSandbox
			if len(args) == 1 {
				file = args[0]
			}
			return c.serveSandbox(cmd.Context(), c.flags.listen, file, int(c.flags.seeds))
		},
	}
}

func (c *command) serveSandbox(ctx context.Context, listen, file string, seeds int) error {
	addr, err := net.ResolveTCPAddr("tcp", listen)
	if err != nil {
		return fmt.Errorf("cannot serve the sandbox: %w", err)
	}
	if !addr.IP.IsLoopback() { // the token that it takes is no secret
		return refusal{fmt.Sprintf("--listen %s is not an address of this machine alone", listen), "give a local one, such as 127.0.0.1:8080"}
	}
	e, err := openSandbox(file)
	if err != nil {
		return err
	}
	if seeds > 0 && len(e.Servers()) > 0 {
		return refusal{fmt.Sprintf("the sandbox in %s has servers already", file), "name another file for one with --servers"}
	}
	seed(e, seeds)
	l, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot serve the sandbox: %w", err)
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(c.Stdout, "export VPS_API_URL=http://%s/api/v1\nexport VPS_API_TOKEN=%s\n", l.Addr(), sandboxToken)
	fmt.Fprintf(c.notices, "Serving the sandbox in %s until interrupted. Paste the two lines into another shell.\n", render.Escape(file))
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve the sandbox: %w", err)
	}
	return nil
}
