//go:build !windows

package files

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/google/renameio/v2"
)

// NoFollow is the flag of os.OpenFile that refuses a link; 0 where there is none.
const NoFollow = syscall.O_NOFOLLOW

const nonBlocking = syscall.O_NONBLOCK

func replace(path string, data []byte, mode fs.FileMode) error {
	return renameio.WriteFile(path, data, mode, renameio.WithStaticPermissions(mode))
}

// SyncFolder makes a new file's entry in its folder durable.
func SyncFolder(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
