package planner

// Job is what happens to one server, one thing after another: first it is waited
// for, if it is in transition, then come its changes. Jobs are independent of each
// other, but for what they need.
type Job struct {
	Name    string
	Wait    int   // index into Plan.Waits, or -1
	Changes []int // indexes into Plan.Changes, in order
	Needs   []int // jobs that have to be done first, because they release the name that this one claims
}

// Jobs divides a plan into jobs, in the plan's order: creates come before deletes.
func (p *Plan) Jobs() []Job {
	b := jobs{at: make(map[jobKey]int)}
	deletes := make(map[string]bool)
	for _, c := range p.Changes {
		if c.Action() == ActionDelete {
			deletes[c.About().ID] = true
		}
	}
	for i, c := range p.Changes {
		s := c.About()
		job := b.job(s.Name, s.ID, c.Action() == ActionDelete)
		job.Changes = append(job.Changes, i)
	}
	for i, w := range p.Waits {
		b.job(w.Name, w.ID, deletes[w.ID]).Wait = i
	}
	b.order(p)
	return b.list
}

// jobKey tells jobs apart: by name, because a server to be created has no id
// yet; but a delete by id, because the name may live on in another server.
type jobKey struct{ name, id string }

type jobs struct {
	list []Job
	at   map[jobKey]int
}

func (b *jobs) job(name, id string, deletes bool) *Job {
	key := jobKey{name: name}
	if deletes {
		key = jobKey{id: id}
	}
	i, ok := b.at[key]
	if !ok {
		i = len(b.list)
		b.at[key] = i
		b.list = append(b.list, Job{Name: name, Wait: -1})
	}
	return &b.list[i]
}

// order lets every job that claims a name wait for the jobs that release it.
func (b *jobs) order(p *Plan) {
	frees := make(map[string][]int)
	for i, job := range b.list {
		for _, c := range job.Changes {
			if name, ok := releases(p.Changes[c]); ok {
				frees[name] = append(frees[name], i)
			}
		}
	}
	for i := range b.list {
		for _, c := range b.list[i].Changes {
			name, ok := claims(p.Changes[c])
			if !ok {
				continue
			}
			for _, other := range frees[name] {
				if other != i {
					b.list[i].Needs = append(b.list[i].Needs, other)
				}
			}
		}
	}
}
