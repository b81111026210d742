package vpsorg

import "context"

type beforeSendKey struct{}

// BeforeSend has f called when the turn of a request of ctx has come, just before
// it leaves. It is the place to write down what is about to be sent. An error of
// f keeps the request from being sent, and comes back with NotSent.
func BeforeSend(ctx context.Context, f func() error) context.Context {
	return context.WithValue(ctx, beforeSendKey{}, f)
}

func beforeSend(ctx context.Context) error {
	if f, ok := ctx.Value(beforeSendKey{}).(func() error); ok {
		return f()
	}
	return nil
}
