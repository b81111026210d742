package cli

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// What a release says of itself; the linker sets it (-X).
var (
	releaseVersion string
	releaseCommit  string
	releaseDate    string
)

// build is which fleet this is. What nobody noted is left out.
type build struct {
	Version string `json:"version"` // without a v
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"` // of the commit, in RFC 3339
}

func newVersion(c *command) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the commit that it was built from",
		Example: "  fleet version\n  fleet version --json",
		Args:    noArguments(""),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if !c.flags.json {
				return c.show("fleet " + b.String() + "\n")
			}
			return written("to stdout", json.NewEncoder(c.Stdout).Encode(b))
		},
	}
}

// thisBuild is what the linker was told, or else what Go noted by itself.
func thisBuild() build {
	if releaseVersion != "" {
		return build{releaseVersion, releaseCommit, releaseDate}
	}
	b := build{Version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = strings.TrimPrefix(info.Main.Version, "v")
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		}
	}
	return b
}

// String is the version, and what it was built from in brackets.
func (b build) String() string {
	if b.Commit == "" {
		return b.Version
	}
	return fmt.Sprintf("%s (%s, %s)", b.Version, b.Commit, b.Date)
}
