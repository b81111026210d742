package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// NoFollow is the flag of os.OpenFile that refuses a link; 0 where there is none.
const NoFollow = 0

const nonBlocking = 0

// replace writes beside the file and renames, which replaces a file on Windows too.
func replace(path string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// replaceAs replaces a file by one of the same mode; its owner is the folder's affair.
func replaceAs(path string, data []byte, like fs.FileInfo) error {
	return replace(path, data, like.Mode().Perm())
}

// SyncFolder has nothing to do: NTFS journals a folder's entries itself.
func SyncFolder(string) error { return nil }
