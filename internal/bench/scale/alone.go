package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// readAlone reads a fleet file and the pages of a list as any program has to that
// wants to know what they say, and does nothing with it. The file is read to a tree:
// to read it to a map, yaml.v3 compares each key with every other, which takes a
// minute for 100,000.
func readAlone(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, fleetFile))
	if err != nil {
		return err
	}
	var fleet yaml.Node
	if err := yaml.Unmarshal(text, &fleet); err != nil {
		return err
	}
	in, err := os.Open(filepath.Join(dir, pagesFile))
	if err != nil {
		return err
	}
	defer in.Close()
	live, count := []server{}, 0
	for dec := json.NewDecoder(bufio.NewReader(in)); ; {
		var page struct {
			Count   int
			Results []server
		}
		switch err := dec.Decode(&page); err {
		case nil:
			live, count = append(live, page.Results...), page.Count
			continue
		case io.EOF:
		default:
			return err
		}
		if len(live) != count {
			return fmt.Errorf("%d servers of %d", len(live), count)
		}
		return nil
	}
}

// server is what a plan needs to know of a server.
type server struct {
	ID                               int
	Name, Hostname, Status, Location string
	Plan, OS                         struct {
		ID   int
		Name string
	}
}
