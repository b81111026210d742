package planner

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// check refuses a change read from a document that Diff could never have made:
// one about no server, or one that an apply would not know how to carry out.
func check(c Change) error {
	s := c.About()
	if s.Name == "" {
		return errors.New("it names no server")
	}
	_, isPower := c.(*Power)
	if created := c.Action() == ActionCreate; s.ID == "" && !created && !isPower {
		return fmt.Errorf("%s %s has no id", c.Action(), s.Name)
	}
	switch c := c.(type) {
	case *Create:
		return checkSpec(c.Name, c.Spec)
	case *Update:
		return checkFields(c)
	case *Power:
		if c.ID == "" && c.Verb != ActionStop {
			return fmt.Errorf("%s %s has no id", c.Verb, c.Name)
		}
		if c.From != StatusActive && c.From != StatusStopped {
			return fmt.Errorf("%s %s starts from the status %.20q", c.Verb, c.Name, c.From)
		}
	case *Replace:
		if c.Mode != fleet.ReplaceDeleteFirst && c.Mode != fleet.ReplaceCreateFirst {
			return fmt.Errorf("replace %s has an unknown mode %.20q", c.Name, c.Mode)
		}
		return errors.Join(checkSpec(c.Name, c.Spec), checkOld(c.Subject, c.Old))
	case *Delete:
		return checkOld(c.Subject, c.Old)
	}
	return nil
}

func checkSpec(name string, s Spec) error {
	if s.Plan.ID == "" || s.OS.ID == "" || s.Location == "" {
		return fmt.Errorf("%s is created without plan, os or location", name)
	}
	return nil
}

func checkOld(s Subject, old Server) error {
	if old.ID != s.ID {
		return fmt.Errorf("%s is about two servers, %q and %q", s.Name, s.ID, old.ID)
	}
	return nil
}

// checkFields holds an update's fields to those that can be updated, once each,
// with a new value of the right kind.
func checkFields(u *Update) error {
	if len(u.Fields) == 0 {
		return fmt.Errorf("update %s changes nothing", u.Name)
	}
	var seen []fleet.Field
	for _, f := range u.Fields {
		_, text := f.To.AsText()
		_, boolean := f.To.AsBool()
		ok := text && (f.Field == fleet.FieldName || f.Field == fleet.FieldHostname) || boolean && f.Field == fleet.FieldBackupsEnabled
		if !ok || slices.Contains(seen, f.Field) {
			return fmt.Errorf("update %s cannot set %.40q to %s", u.Name, f.Field, f.To)
		}
		seen = append(seen, f.Field)
	}
	return nil
}
