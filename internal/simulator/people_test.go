package simulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// meddle lets, now and then, a person change something while fleet works.
func (s *simulation) meddle() {
	if s.quiet || s.meddling == 0 || !s.dice.of("meddle").at(s.step).percent(4) {
		return
	}
	servers := s.api.Servers()
	if len(servers) == 0 {
		return
	}
	s.meddling--
	d := s.dice.of("person").at(s.step)
	victim := servers[d.of("victim").below(len(servers))]
	switch d.below(9) {
	case 0, 1:
		host := "by-hand.example.com"
		s.edit(victim, edited, "sets its hostname to "+host, func(v *vpsorg.Server) { v.Hostname = &host })
	case 2:
		on := !*victim.BackupsEnabled
		s.edit(victim, edited, "switches its backups", func(v *vpsorg.Server) { v.BackupsEnabled = &on })
	case 3:
		name := fmt.Sprintf("mine-%d", s.step)
		s.edit(victim, renamed, "renames it to "+name, func(v *vpsorg.Server) { v.Name = name })
	case 4, 8:
		status := pick[vpsorg.Status](d.of("power"), vpsorg.StatusActive, vpsorg.StatusStopped)
		s.edit(victim, powered, "makes it "+string(status), func(v *vpsorg.Server) { v.Status = status })
	case 5:
		status := pick[vpsorg.Status](d.of("odd"), vpsorg.StatusSuspended, "rescue")
		s.edit(victim, oddStatus, "gets it "+string(status), func(v *vpsorg.Server) { v.Status = status })
	case 6:
		s.edit(victim, stuck, "finds it provisioning for good", func(v *vpsorg.Server) { v.Status = vpsorg.StatusProvisioning })
		s.stuck = append(s.stuck, victim.ID)
	case 7:
		s.remove(victim, d.of("reuse").percent(50))
	}
}

func (s *simulation) edit(v vpsorg.Server, k kind, what string, change func(*vpsorg.Server)) {
	if !k.wanted() {
		return
	}
	s.fire(k)
	s.tell("a person looks at server %s, %s, and %s", v.ID, v.Name, what)
	s.touched[v.ID] = time.Now()
	s.api.Edit(v.ID, change)
}

// remove deletes a server by hand, and perhaps makes another of its name.
func (s *simulation) remove(v vpsorg.Server, reuse bool) {
	if reuse && !nameReused.wanted() || !reuse && !removed.wanted() {
		return
	}
	s.touched[v.ID] = time.Now()
	s.api.Remove(v.ID)
	if !reuse {
		s.fire(removed)
		s.tell("a person deletes server %s, %s", v.ID, v.Name)
		return
	}
	s.fire(nameReused)
	s.swapped = time.Now()
	v.Status, v.Hostname = vpsorg.StatusActive, nil
	old := v.ID
	v.ID = ""
	v = s.api.Add(v)
	s.touched[v.ID] = time.Now()
	s.tell("a person deletes server %s, %s, and makes %s of the same name", old, v.Name, v.ID)
}

// unstick ends what would keep servers on their way for ever.
func (s *simulation) unstick() {
	for _, v := range s.api.Servers() {
		if v.Status == vpsorg.StatusProvisioning && slices.Contains(s.stuck, v.ID) {
			s.api.Edit(v.ID, func(v *vpsorg.Server) { v.Status = vpsorg.StatusActive })
			s.tell("server %s, %s, is active at last", v.ID, v.Name)
		}
		// A run whose store was gone may have left word that it was at work on the server,
		// which is waited for then.
		if v.Status == "rescue" && s.store != nil {
			s.api.Edit(v.ID, func(v *vpsorg.Server) { v.Status = vpsorg.StatusActive })
			s.tell("server %s, %s, is rescued", v.ID, v.Name)
		}
	}
}
