package apply

import "context"

// noState is the state of a Runner that has none: it forgets.
type noState struct{ LockedState }

func (noState) Intents(context.Context) ([]Intent, error)         { return nil, nil }
func (noState) Begin(context.Context, Intent) error               { return nil }
func (noState) Resolve(context.Context, Intent, Resolution) error { return nil }
