package simulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// line is one thing that happened.
type line struct {
	at   time.Duration // since the beginning
	text string
}

// tell adds to the story. Lines that begin with a space belong to the one before.
func (s *simulation) tell(text string, args ...any) {
	s.lines = append(s.lines, line{time.Since(s.began), fmt.Sprintf(text, args...)})
}

// violate notes that a promise was broken, in the story too.
func (s *simulation) violate(invariant, text string, args ...any) {
	text = invariant + ": " + fmt.Sprintf(text, args...)
	s.broken = append(s.broken, text)
	s.tell("BROKEN %s", text)
}

func (s *simulation) tellSent(c *call, hit strike) {
	text := fmt.Sprintf("run %d  %s %s %s", c.process.number, c.method, c.path, c.body)
	if hit.kind != "" {
		text += "  ⚡ " + string(hit.kind)
		if hit.effect.Delay > 30*time.Second {
			text += " (" + hit.effect.Delay.Round(time.Second).String() + ")"
		}
	}
	s.tell("%s", text)
}

// tellAnswer tells what a process heard. The lock is held. Of what is heard at one
// instant the order is chance, so it is put in order before it is told.
func (s *simulation) tellAnswer(c *call, status int, err error) {
	if errors.Is(err, context.Canceled) {
		return // its process has ended, which was told
	}
	text := fmt.Sprintf("run %d    → %s %s: %d", c.process.number, c.method, c.path, status)
	if err != nil {
		text = fmt.Sprintf("run %d    → %s %s: %s", c.process.number, c.method, c.path, err)
	}
	s.answers = append(s.answers, text)
}

// tellAnswers tells what was heard since the last turn.
func (s *simulation) tellAnswers() {
	s.mu.Lock()
	answers := s.answers
	s.answers = nil
	s.mu.Unlock()
	slices.Sort(answers)
	for _, text := range answers {
		s.tell("%s", text)
	}
}

func (s *simulation) tellRun(p *process) {
	how := "makes a plan and applies it"
	if p.planOnly {
		how = "makes a plan"
	} else if p.saved {
		how = "resumes the saved plan"
	} else if p.byDigest {
		how = "applies the plan of a digest"
	} else if p.asks {
		how = "makes a plan and asks"
	}
	if len(p.only) > 0 {
		how += fmt.Sprintf(", %v only", p.only)
	}
	s.tell("run %d %s, %d at a time", p.number, how, p.parallelism)
}

func (s *simulation) tellEnd(p *process) {
	if p.dead.Load() {
		return
	}
	if p.plan != nil {
		s.tell("run %d had this plan: %s", p.number, outline(p.plan))
	}
	if errors.Is(p.err, context.Canceled) {
		s.tell("run %d ends interrupted", p.number) // at which of its requests is chance
		return
	}
	if p.err != nil {
		s.tell("run %d ends with the error: %s", p.number, p.err)
		return
	}
	if p.result == nil {
		s.tell("run %d ends with nothing to apply", p.number)
		return
	}
	s.tell("run %d ends with", p.number)
	for _, r := range p.result.Reports {
		s.tell("  %s", oneLine(reportText(r)))
	}
}

func outline(p *planner.Plan) string {
	var parts []string
	for _, c := range p.Changes {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Action(), c.About().Name, c.About().ID)))
	}
	for _, w := range p.Waits {
		parts = append(parts, fmt.Sprintf("wait for %s %s to be %s", w.Name, w.ID, w.To))
	}
	for _, b := range p.Blocked {
		parts = append(parts, fmt.Sprintf("%s is blocked: %s", b.Name, b.Reason.Code))
	}
	if parts == nil {
		return "nothing to do"
	}
	return strings.Join(parts, "; ")
}

// describe is a server in one line.
func describe(v vpsorg.Server) string {
	host := "no hostname"
	if v.Hostname != nil {
		host = *v.Hostname
	}
	return fmt.Sprintf("server %s, %s: %s, plan %s, os %s, %s, %s, backups %t", v.ID, v.Name, v.Status, v.Plan.ID, v.OS.ID, v.Location, host, *v.BackupsEnabled)
}

// story is all that happened, for a person to follow.
func (s *simulation) story() string {
	var b strings.Builder
	for i, text := range s.texts {
		fmt.Fprintf(&b, "fleet file %d:\n%s\n", i+1, text)
	}
	fmt.Fprintf(&b, "pages of %d, unique names %t, lists lack new servers for %s, lists lag %s and reads %s, %sa new server takes %s, struck are %d%% by:\n",
		s.api.PageSize, s.api.UniqueNames, s.lag, s.listsLag.Round(time.Second), s.readsLag.Round(time.Second), s.conditions, s.api.Provisioning.Round(time.Second), s.often)
	for _, f := range s.weather {
		fmt.Fprintf(&b, "  %s\n", f.kind)
	}
	for _, l := range s.lines {
		fmt.Fprintf(&b, "%10.3fs  %s\n", l.at.Seconds(), l.text)
	}
	return b.String()
}

// hash is a short name of all that happened, to the byte, and of what is left; the
// token is no part of it.
func (s *simulation) hash() string {
	h := sha256.New()
	fmt.Fprint(h, strings.ReplaceAll(s.story(), s.token, "token"))
	for _, e := range s.api.Ledger() {
		fmt.Fprintln(h, e.Time, e.Method, e.Path, e.Query, e.Body, e.Status, e.Answered, e.Server, e.Name, e.Deviation)
	}
	for _, v := range s.api.Servers() {
		fmt.Fprintln(h, describe(v), v.CreatedAt, v.UpdatedAt)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " / ") }
