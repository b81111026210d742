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

// replaceAs replaces a file by one of the same mode and owner. Only root can give a
// file to somebody else; for others that is an error, and the file stays.
func replaceAs(path string, data []byte, like fs.FileInfo) error {
	out, err := renameio.NewPendingFile(path)
	if err != nil {
		return err
	}
	defer out.Cleanup()
	if owner, ok := like.Sys().(*syscall.Stat_t); ok {
		if err := out.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	if err := out.Chmod(like.Mode().Perm()); err != nil {
		return err
	}
	if _, err := out.Write(data); err != nil {
		return err
	}
	return out.CloseAtomicallyReplace()
}
