package render

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"html/template"
	"slices"

	"github.com/vps-fleet/fleet/apply"
)

var (
	//go:embed page/*.html
	pageFiles embed.FS
	//go:embed page/page.css
	pageCSS string
	//go:embed page/page.js
	pageJS string
)

// pageTemplate writes every text from outside through Escape, and html/template
// then quotes it for where it stands.
var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"text":   Escape,
	"lines":  EscapeLines,
	"style":  func() template.CSS { return template.CSS(pageCSS) },
	"script": func() template.JS { return template.JS(pageJS) },
	"policy": func() string {
		return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + source(pageCSS) + "; script-src " + source(pageJS)
	},
}).ParseFS(pageFiles, "page/*.html"))

// source names a text, and no other, in a content security policy.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what the template shows, in its order.
type page struct {
	Title, About     string
	Mark, Headline   string // Mark is what the tone is seen by without colour
	Tone             color
	Lead             []paragraph
	Failure          string   // the error that the run ended with, escaped; "" where there is none
	Refusals         []saying // the guards that the plan goes beyond, and what would allow it
	Cards            []card
	Filters          []filter
	Selects          []selection
	Sections         []pageSection
	Axis             []tick // of a result whose rows are lanes
	Policies         []policyText
	Cost             *costPage
	Digest, DigestOf string // of a plan, or the fingerprint of drift; "" where there is none
	CommandFor       string // what the command is for
	Command          string // "" where there is nothing to apply
}

// paragraph is a few words below the headline.
type paragraph struct {
	Tone    color // "" as all text
	Phrases []phrase
}

// phrase is a part of a paragraph; it leads to where its anchor is, if it has one.
type phrase struct {
	Text, Anchor string
	Code         bool // it is a command
}

// card is one of the few facts at the top.
type card struct {
	Title, Value, More string
	Tone               color
}

// filter is what the rows can be filtered by, such as their kind.
type filter struct {
	Label, By string
	Choices   []choice
}

// selection is a list that one value is selected from, to filter by.
type selection struct {
	Label, By string
	Values    []string
}

// choice is one value of a filter, and how many rows have it.
type choice struct {
	Value string
	Count int
	Class color
}

// HTML is a run as one page that needs no other file and no network.
func HTML(r Run) ([]byte, error) {
	d := &page{Title: "fleet plan", Tone: plain, DigestOf: "Digest"}
	if r.Plan != nil {
		d.About = place(r.Plan.Account, r.Plan.Endpoint, "")
		if !r.Plan.Empty() {
			d.Digest = r.Plan.Digest()
		}
	}
	switch {
	case r.Drift != nil:
		d.drift(r)
	case r.Result != nil:
		d.result(r)
	case r.Plan != nil:
		d.plan(r)
	}
	if r.Err != nil {
		d.failure(r)
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, d)
	return b.Bytes(), err
}

// marks are what colours are seen by without colour.
var marks = map[color]string{green: "✓", amber: "!", red: "▲"}

// place is where a page is about: ops@example.com at https://… · fleet.yaml.
func place(account, endpoint, file string) string {
	return together(" · ", together(" at ", account, endpoint), file)
}

// failure shows, above all else, why the run ended before its end.
func (d *page) failure(r Run) {
	d.Tone, d.Command, d.Failure = red, "", ErrorLines(r.Err)
	if exceeded := new(apply.GuardsExceeded); errors.As(r.Err, &exceeded) && len(d.Refusals) > 0 {
		d.Failure = "" // the guards say it
	}
	if r.Result == nil {
		text := nothingChanged(r.Err)
		d.Mark, d.Headline, d.Lead = "✗", capitalized(text), nil
		if r.Plan != nil {
			d.Lead = []paragraph{{Phrases: []phrase{{Text: "What follows is what the plan would do."}}}}
		}
	}
}

// Grouped reports whether a row stands for several servers.
func (d *page) Grouped() bool {
	return slices.ContainsFunc(d.rows(), func(r pageRow) bool { return r.Class == classMember })
}

// Priced reports whether any row changes the cost.
func (d *page) Priced() bool {
	return slices.ContainsFunc(d.rows(), func(r pageRow) bool { return r.Difference != "" })
}

// Waited reports whether the time of any row was spent with waiting, in part.
func (d *page) Waited() bool {
	return slices.ContainsFunc(d.rows(), func(r pageRow) bool {
		return r.Lane != nil && slices.ContainsFunc(r.Lane.Bars, func(b bar) bool { return b.Class == classWaits })
	})
}
