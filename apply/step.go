package apply

import (
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// step is one request of a lane, or one wait: a createStep, settleStep, patchStep,
// deleteStep, powerStep or awaitStep, and nothing else. Where a step's id is
// empty, it is about the server that the lane has made.
type step interface{ isStep() }

type createStep struct {
	name string
	spec planner.Spec
}

// settleStep finds out what became of creates that may have made the server. It
// stands before the createStep that makes it otherwise.
type settleStep struct {
	create  createStep
	intents []Intent
	until   time.Time // when the settle window of the last of them ends
	why     error     // that it is unclear; nil when an earlier run left it so
}

// doubt says what is not known.
func (s settleStep) doubt() string {
	if s.why == nil {
		return "an earlier run may have created " + s.create.name
	}
	return fmt.Sprintf("%s may have been created (%s)", s.create.name, s.why)
}

type patchStep struct {
	id     vpsorg.ID
	fields []planner.FieldChange
}

type deleteStep struct {
	old       planner.Server
	replacing bool // a server in its place is created after it
}

type powerStep struct {
	id   vpsorg.ID
	verb planner.Action
	from planner.Status
	goal planner.Status
}

type awaitStep struct {
	id   vpsorg.ID
	goal goal
	last planner.Status // as the server was seen before; "" for one that was not
}

// usual is how long such a wait takes, by what the API documents and by habit.
func (s awaitStep) usual() time.Duration {
	switch {
	case s.goal == goalGone:
		return time.Second
	case s.goal == goalActive && s.last == "":
		return documentedMax
	}
	return 10 * time.Second
}

func (createStep) isStep() {}
func (settleStep) isStep() {}
func (patchStep) isStep()  {}
func (deleteStep) isStep() {}
func (powerStep) isStep()  {}
func (awaitStep) isStep()  {}

// goal is what a wait waits for.
type goal string

const (
	goalActive  goal = "active"
	goalStopped goal = "stopped"
	goalGone    goal = "gone"
	goalSettled goal = "settled"
)

// task is a change, or a wait, as the steps that carry it out.
type task struct {
	report int // index into the result's reports
	steps  []step
	acted  bool // a step was carried out
}

// changeTask divides a change into its steps.
func changeTask(report int, c planner.Change) task {
	t := task{report: report}
	switch c := c.(type) {
	case *planner.Create:
		t.steps = []step{createStep{c.Name, c.Spec}, awaitStep{goal: goalActive}}
	case *planner.Update:
		t.steps = []step{patchStep{vpsorg.ID(c.ID), c.Fields}}
	case *planner.Replace:
		t.steps = replaceSteps(c)
	case *planner.Power:
		id := vpsorg.ID(c.ID)
		t.steps = []step{powerStep{id, c.Verb, c.From, c.Goal()}, awaitStep{id, goal(c.Goal()), c.From}}
	case *planner.Delete:
		t.steps = deleteSteps(c.Old, false)
	}
	return t
}

// replaceSteps go, for create-first, through names: whatever the run is stopped
// after, what is left plans to the rest.
func replaceSteps(c *planner.Replace) []step {
	if c.Mode == fleet.ReplaceDeleteFirst {
		return append(deleteSteps(c.Old, true), createStep{c.Name, c.Spec}, awaitStep{goal: goalActive})
	}
	next := c.Name + fleet.NextSuffix
	finish := c.Finish
	var steps []step
	if c.NextID == "" {
		finish = []planner.FieldChange{{Field: fleet.FieldName, From: planner.Text(next), To: planner.Text(c.Name)}}
		steps = append(steps, createStep{next, c.Spec})
	}
	steps = append(steps, awaitStep{id: vpsorg.ID(c.NextID), goal: goalActive})
	steps = append(steps, deleteSteps(c.Old, false)...)
	return append(steps, patchStep{vpsorg.ID(c.NextID), finish})
}

func deleteSteps(old planner.Server, replacing bool) []step {
	return []step{deleteStep{old, replacing}, awaitStep{vpsorg.ID(old.ID), goalGone, old.Status}}
}

// waitTask waits for a server that was on its way when the plan was made.
func waitTask(report int, w planner.Wait) task {
	return task{report: report, steps: []step{awaitStep{vpsorg.ID(w.ID), goal(w.To), w.From}}}
}
