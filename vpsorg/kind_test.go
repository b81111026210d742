package vpsorg

import (
	"context"
	"slices"
	"testing"
)

func TestEveryRequestHasAKind(t *testing.T) {
	plain := func(ctx context.Context) context.Context { return ctx }
	for _, tt := range []struct {
		mark func(context.Context) context.Context
		ask  func(context.Context, *Client)
		want Kind
	}{
		{plain, func(ctx context.Context, c *Client) { c.ListServers(ctx, ListFilter{Location: "us-west"}) }, KindList},
		{plain, func(ctx context.Context, c *Client) { c.GetServer(ctx, "1") }, KindDetail},
		{plain, func(ctx context.Context, c *Client) { c.GetAccount(ctx) }, KindAccount},
		{plain, func(ctx context.Context, c *Client) { c.ListPlans(ctx, "us-west") }, KindPlans},
		{plain, func(ctx context.Context, c *Client) { c.CreateServer(ctx, CreateRequest{}) }, KindCreate},
		{plain, func(ctx context.Context, c *Client) { c.PutServer(ctx, "1", PutRequest{}) }, KindUpdate},
		{Rereading, func(ctx context.Context, c *Client) { c.PatchServer(ctx, "1", PatchRequest{}) }, KindUpdate},
		{Rereading, func(ctx context.Context, c *Client) { c.StartServer(ctx, "1") }, KindPower},
		{plain, func(ctx context.Context, c *Client) { c.StopServer(ctx, "1") }, KindPower},
		{plain, func(ctx context.Context, c *Client) { c.RebootServer(ctx, "1") }, KindPower},
		{LowPriority, func(ctx context.Context, c *Client) { c.DeleteServer(ctx, "1") }, KindDelete},
		{Rereading, func(ctx context.Context, c *Client) { c.GetServer(ctx, "1") }, KindReread},
		{Rereading, func(ctx context.Context, c *Client) { c.ListServers(ctx, ListFilter{}) }, KindReread},
		{LowPriority, func(ctx context.Context, c *Client) { c.ListServers(ctx, ListFilter{}) }, KindPoll},
		{func(ctx context.Context) context.Context { return LowPriority(Rereading(ctx)) },
			func(ctx context.Context, c *Client) { c.GetServer(ctx, "1") }, KindPoll},
	} {
		var got []Kind
		c := newTestClient(t, Config{Transport: always(400, `{}`), Observe: func(c Call) { got = append(got, c.Kind) }})
		tt.ask(tt.mark(t.Context()), c)
		if !slices.Equal(got, []Kind{tt.want}) {
			t.Errorf("got %s, want one %s", got, tt.want)
		}
	}
}
