package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"
)

// needed are the requests that nobody could do without: whose account it is, what
// it can buy, what there is, and what each server needs. Those of one server stand behind each other
// at a distance, as the second needs the first to be answered.
func (c benchCase) needed() []request {
	all := []request{{"GET", "/account/me/", ""}, {"GET", "/plans/", ""}, {"GET", "/servers/", ""}}
	for _, r := range c.each {
		for i := range c.servers {
			r := r
			r.Path = strings.ReplaceAll(r.Path, "*", string(serverID(i)))
			r.Body = strings.ReplaceAll(r.Body, "$", serverName(i))
			all = append(all, r)
		}
	}
	return all
}

// bareLoop sends the requests that it reads, and does nothing with the answers but
// see that they are good.
func bareLoop(in io.Reader, url, token string) error {
	var requests []request
	if err := json.NewDecoder(in).Decode(&requests); err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, r := range requests {
		group.Go(func() error { return r.send(client, url, token) })
	}
	return group.Wait()
}

func (r request) send(client *http.Client, url, token string) error {
	req, err := http.NewRequest(r.Method, url+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", r.Method, r.Path, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
