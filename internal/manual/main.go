// Command manual writes what a release has beside the command: the pages of the manual
// and the completion scripts, all from what the commands say of themselves. What they
// say belongs in internal/cli. It is no part of the shipped command.
//
//	go run ./internal/manual -version 0.1.0 -date 2026-01-31 FOLDER
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/vps-fleet/fleet/internal/cli"
)

// completions are the shells and the names of their scripts.
var completions = map[string]string{"bash": "fleet.bash", "zsh": "_fleet", "fish": "fleet.fish", "powershell": "fleet.ps1"}

func main() {
	log.SetFlags(0)
	version := flag.String("version", "(devel)", "the version that the pages tell")
	date := flag.String("date", "", "the date that they tell")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("give the folder to write to")
	}
	if err := write(flag.Arg(0), *version, *date); err != nil {
		log.Fatal(err)
	}
}

// write puts the pages in man and the scripts in completions of a folder, in place of
// those that are there.
func write(dir, version, date string) error {
	man, scripts := filepath.Join(dir, "man"), filepath.Join(dir, "completions")
	if err := errors.Join(os.RemoveAll(man), os.RemoveAll(scripts), os.MkdirAll(man, 0o755), os.MkdirAll(scripts, 0o755)); err != nil {
		return err
	}
	for name, page := range cli.ManualPages(version, date) {
		if err := os.WriteFile(filepath.Join(man, name+".gz"), compressed(page), 0o644); err != nil {
			return err
		}
	}
	for shell, name := range completions {
		script, err := completion(shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(scripts, name), script, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compressed is a page as packages have it; it tells no time.
func compressed(page string) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one that there is
	_, _ = w.Write([]byte(page))                          // memory takes everything
	_ = w.Close()
	return b.Bytes()
}

// completion is the script that the command prints for a shell.
func completion(shell string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	code := cli.Main(cli.Process{
		Args: []string{"completion", shell}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(string) string { return "" },
	})
	if code != 0 {
		return nil, fmt.Errorf("fleet completion %s: %s", shell, &stderr)
	}
	return stdout.Bytes(), nil
}
