package cli

import (
	"io"

	"github.com/spf13/cobra"
)

// scripts writes the completion script of each shell.
var scripts = map[string]func(*cobra.Command, io.Writer) error{
	"bash":       func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":        func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) },
	"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	"powershell": func(root *cobra.Command, w io.Writer) error { return root.GenPowerShellCompletionWithDesc(w) },
}

func newCompletion() *cobra.Command {
	const shells = "the shells are bash, zsh, fish and powershell"
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script that completes commands, flags and values in a shell",
		Long: `Print a script that completes commands, flags and their values in bash, zsh, fish or
powershell: names of servers and labels from the fleet files, kinds of change, formats,
levels, columns, and files where a file is meant. The API is not asked. In bash it needs
the package bash-completion.`,
		Example: `  source <(fleet completion bash)
  fleet completion zsh > "${fpath[1]}/_fleet"
  fleet completion fish > ~/.config/fish/completions/fleet.fish`,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return refusal{"completion takes the name of one shell", shells}
			}
			script, ok := scripts[args[0]]
			if !ok {
				return refusal{"there is no completion for " + args[0], shells}
			}
			return script(cmd.Root(), cmd.OutOrStdout())
		},
	}
}
