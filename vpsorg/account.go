package vpsorg

import (
	"context"
	"net/http"
)

// GetAccount returns whose token this is and what it may do. Any active token
// may ask.
func (c *Client) GetAccount(ctx context.Context) (Account, error) {
	r := request{method: http.MethodGet, path: "/account/me/", status: http.StatusOK}
	return do(ctx, c, r, decodeJSON[Account])
}
