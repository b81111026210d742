package render

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"slices"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/page.js
	pageJS string
)

// pageTemplate writes every text from outside through Escape, and html/template
// then quotes it for where it stands.
var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"text":   Escape,
	"lines":  EscapeLines,
	"style":  func() template.CSS { return template.CSS(pageCSS) },
	"script": func() template.JS { return template.JS(pageJS) },
	"policy": func() string {
		return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + source(pageCSS) + "; script-src " + source(pageJS)
	},
}).Parse(pageHTML))

// source names a text, and no other, in a content security policy.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what the template shows, in its order.
type page struct {
	Title, About, Headline string
	Tone                   tone
	Remarks                []string
	Failure                string // the error that the run ended with, escaped; "" where there is none
	Violations             []violationCard
	Kinds                  []kindCount // what can be filtered by
	Locations              []string    // likewise
	Labels                 []string    // likewise, as role=web
	Sections               []cardSection
	Timeline               *timeline
	Cost                   *costPage
	Digest, Command        string // "" where there is nothing to apply
}

// violationCard is a guard that the plan goes beyond, and what would allow it.
type violationCard struct{ Error, Hint string }

// tone is how serious a page is.
type tone string

const (
	calm tone = "calm"
	good tone = "good"
	warn tone = "warn" // data will be lost
	bad  tone = "bad"
)

type kindCount struct {
	Kind  string
	Count int
}

// HTML is a run as one page that needs no other file and no network.
func HTML(r Run) ([]byte, error) {
	d := &page{Title: "fleet plan", Tone: calm}
	if r.Plan != nil {
		d.about(r.Plan)
	}
	switch {
	case r.Result != nil:
		d.result(r.Plan, r.Result)
	case r.Plan != nil:
		d.plan(r.Plan, r.Outlook)
		d.Command = r.Command
	}
	if r.Err != nil {
		d.failure(r)
	}
	d.filters()
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, d)
	return b.Bytes(), err
}

// about is what the pages of a plan and of its result have in common.
func (d *page) about(p *planner.Plan) {
	d.About, d.Cost = heading(p.Account, p.Endpoint), newCostPage(p.Cost)
	if n := losses(p); n > 0 {
		d.Remarks = []string{"! The data of " + servers(n) + " is lost."}
	}
	if !p.Empty() {
		d.Digest = p.Digest()
	}
}

// plan shows what is to be done.
func (d *page) plan(p *planner.Plan, o planner.EstimateOptions) {
	d.Headline = total(p)
	for _, v := range p.Violations() {
		message, hint := Violation(v)
		d.Violations = append(d.Violations, violationCard{message, hint})
	}
	switch {
	case len(d.Violations) > 0:
		d.Tone = bad
	case losses(p) > 0:
		d.Tone = warn
	case p.Empty() && len(p.Blocked) == 0:
		d.Tone = good
	}
	for _, remark := range []string{alsoThere(p), estimate(p, o)} {
		if remark != "" {
			d.Remarks = append(d.Remarks, remark)
		}
	}
	for _, s := range reviewOf(p, many).Sections {
		section := cardSection{Title: textTitle(s)}
		for _, g := range s.Groups {
			section.Cards = append(section.Cards, newCard(g, string(g.Kind)))
		}
		d.Sections = append(d.Sections, section)
	}
}

// result shows what became of a plan.
func (d *page) result(p *planner.Plan, r *apply.Result) {
	d.Title, d.Headline, d.Tone = "fleet apply", closing(r), bad
	if r.Complete() {
		d.Tone = good
	}
	d.Remarks = nil // what was lost is told of each server
	if !r.Started.IsZero() {
		d.Remarks = []string{"Started " + r.Started.UTC().Format("2006-01-02 15:04:05 UTC") + ", took " + lasted(r.Duration) + "."}
	}
	d.Sections, d.Timeline = resultSections(r), newTimeline(p, r)
}

// failure shows, above all else, why the run ended before its end.
func (d *page) failure(r Run) {
	d.Tone, d.Command, d.Failure = bad, "", ErrorLines(r.Err)
	if r.Result != nil {
		return
	}
	if d.Headline != "" {
		d.Remarks = append([]string{d.Headline}, d.Remarks...)
	}
	d.Headline = "Refused or failed: nothing was changed."
}

// filters collects what the page can be filtered by.
func (d *page) filters() {
	at := make(map[string]int)
	for _, s := range d.Sections {
		for _, c := range s.Cards {
			if _, ok := at[c.Kind]; !ok {
				at[c.Kind] = len(d.Kinds)
				d.Kinds = append(d.Kinds, kindCount{Kind: c.Kind})
			}
			d.Kinds[at[c.Kind]].Count += len(c.Members)
			for _, m := range c.Members {
				if m.Location != "" {
					d.Locations = append(d.Locations, m.Location)
				}
				for key, value := range m.Labels {
					d.Labels = append(d.Labels, key+"="+value)
				}
			}
		}
	}
	slices.Sort(d.Locations)
	d.Locations = slices.Compact(d.Locations)
	slices.Sort(d.Labels)
	d.Labels = slices.Compact(d.Labels)
}
