package cli

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
)

// exclusively lets no other apply of this account run on this host from here on,
// and opens the account's journal and its memory of fights. What it looks at has
// to be looked at after it.
func (s *session) exclusively(ctx context.Context, w world) (world, func(), error) {
	account, err := w.observer.Account(ctx)
	if err != nil {
		return w, nil, err
	}
	path, err := s.journalPath(w.client.Endpoint(), account)
	if err != nil {
		return w, nil, err
	}
	file := &apply.File{Path: path}
	if _, err := file.Read(); err != nil {
		return w, nil, err // before a lock is left beside it
	}
	host, _ := os.Hostname() // an unnamed host is shown as such
	lock, err := apply.TakeLock(path+".lock", apply.Holder{
		PID: os.Getpid(), Host: host, Command: "fleet " + strings.Join(s.Args, " "), Since: time.Now()})
	if err != nil {
		return w, nil, err
	}
	journal, err := apply.NewJournal(file)
	if err != nil {
		lock.Release()
		return w, nil, fmt.Errorf("%s: %w", path, err)
	}
	w.journal, w.fights = journal, fights{path + ".fights"}
	return w, func() { file.Close(); lock.Release() }, nil
}

// journalPath is where an account's journal is: as --journal says, or in its place.
func (s *session) journalPath(endpoint, account string) (string, error) {
	if s.flags.journal != "" {
		return s.flags.journal, nil
	}
	return s.statePath(endpoint, account)
}

// statePath is the place of an account's journal, and of what is kept beside it:
// beside the sandbox's world, or in the user's folder for state.
func (s *session) statePath(endpoint, account string) (string, error) {
	if s.flags.sandbox != "" {
		return s.flags.sandbox + ".journal", nil
	}
	folder, err := s.stateFolder()
	return filepath.Join(folder, apply.JournalName(endpoint, account)), err
}

// stateFolder is where journals are kept: $XDG_STATE_HOME/fleet, by default
// ~/.local/state/fleet.
func (s *session) stateFolder() (string, error) {
	if dir := s.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "fleet"), nil
	}
	home := s.Getenv("HOME")
	if me, err := user.Current(); home == "" && err == nil {
		home = me.HomeDir // a service may be run without HOME
	}
	if home == "" {
		return "", refusal{"there is no place for what fleet keeps, such as the journal of creates: this user has no home", "set XDG_STATE_HOME; for the journal alone, there is --journal"}
	}
	return filepath.Join(home, ".local", "state", "fleet"), nil
}

// tellPending says which creates of earlier runs are not settled yet.
func (s *session) tellPending(pending []apply.Intent) {
	if len(pending) == 0 {
		return
	}
	var names []string
	for _, i := range pending {
		names = append(names, render.Escape(i.Name))
	}
	fmt.Fprintf(s.diag, "An earlier run ended without an answer to creates of %s. They are looked for before any is made again.\n", strings.Join(names, ", "))
}
