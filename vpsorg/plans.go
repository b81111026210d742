package vpsorg

import (
	"cmp"
	"context"
	"net/url"
)

const plansPath = "/plans/"

// ListPlans returns every plan that the API sells, at one location or, if
// location is empty, anywhere. It is complete like ListServers.
func (c *Client) ListPlans(ctx context.Context, location string) ([]Plan, error) {
	query := url.Values{}
	if location != "" {
		query.Set("location", location)
	}
	l := list[Plan]{client: c, path: plansPath, filter: query, key: planKey, form: new(listForm)}
	return l.all(ctx)
}

// planKey tells plans apart even where the API leaves their id out.
func planKey(p Plan) ID { return cmp.Or(p.ID, ID(p.Slug), ID(p.Name)) }
