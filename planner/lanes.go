package planner

// Lane is what happens to one server, one thing after another: first it is
// waited for, if it is on its way, then come its changes. Different lanes have
// nothing to do with each other, but for After.
type Lane struct {
	Name    string
	Wait    int   // index into Plan.Waits, or -1
	Changes []int // indexes into Plan.Changes, in order
	After   []int // lanes that free the name which this one takes
}

// Lanes divides a plan into lanes, in the plan's order: creates come before deletes.
func (p *Plan) Lanes() []Lane {
	b := lanes{at: make(map[laneKey]int)}
	deletes := make(map[string]bool)
	for _, c := range p.Changes {
		if c.Action() == ActionDelete {
			deletes[c.About().ID] = true
		}
	}
	for i, c := range p.Changes {
		s := c.About()
		lane := b.lane(s.Name, s.ID, c.Action() == ActionDelete)
		lane.Changes = append(lane.Changes, i)
	}
	for i, w := range p.Waits {
		b.lane(w.Name, w.ID, deletes[w.ID]).Wait = i
	}
	b.order(p)
	return b.list
}

// laneKey tells lanes apart: by name, because a server to be created has no id
// yet; but a delete by id, because the name may live on in another server.
type laneKey struct{ name, id string }

type lanes struct {
	list []Lane
	at   map[laneKey]int
}

func (b *lanes) lane(name, id string, deletes bool) *Lane {
	key := laneKey{name: name}
	if deletes {
		key = laneKey{id: id}
	}
	i, ok := b.at[key]
	if !ok {
		i = len(b.list)
		b.at[key] = i
		b.list = append(b.list, Lane{Name: name, Wait: -1})
	}
	return &b.list[i]
}

// order lets every lane that takes a name wait for the lanes that free it.
func (b *lanes) order(p *Plan) {
	frees := make(map[string][]int)
	for i, lane := range b.list {
		for _, c := range lane.Changes {
			if name, ok := freesName(p.Changes[c]); ok {
				frees[name] = append(frees[name], i)
			}
		}
	}
	for i := range b.list {
		for _, c := range b.list[i].Changes {
			name, ok := takesName(p.Changes[c])
			if !ok {
				continue
			}
			for _, other := range frees[name] {
				if other != i {
					b.list[i].After = append(b.list[i].After, other)
				}
			}
		}
	}
}
