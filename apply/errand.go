package apply

import "context"

// errand is something that a rollout has had done beside the loop, and what came of it: a
// probed, drained, restored, forgotten or kept.
type errand interface{ isErrand() }

func (probed) isErrand()    {}
func (drained) isErrand()   {}
func (restored) isErrand()  {}
func (forgotten) isErrand() {}
func (kept) isErrand()      {}

// errandOver tells the loop of an errand.
type errandOver struct{ errand }

func (errandOver) isMessage() {}

// errandsAtOnce bounds how many errands are under way at a time.
const errandsAtOnce = 32

// do has an errand done beside the loop.
func (g *rolling) do(what func(context.Context) errand) {
	g.busy++
	go func() {
		g.slots <- struct{}{}
		e := what(g.ctx)
		<-g.slots
		g.run.messages <- errandOver{e}
	}()
}

// goOn goes on in the loop with what came of an errand.
func (g *rolling) goOn(e errand) {
	g.busy--
	switch e := e.(type) {
	case probed:
		g.probed(e)
	case drained:
		g.drained(e)
	case restored:
		g.restored(e)
	case forgotten:
		g.forgotten(e)
	case kept:
		g.kept(e)
	}
}
