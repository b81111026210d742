package vpsorg

import (
	"context"
	"net/http"
	"strings"
)

// Kind is what a request is for.
type Kind int

// The kinds of requests.
const (
	KindList    Kind = iota // a page of the servers, or all of them at once
	KindDetail              // one server
	KindAccount             // GetAccount
	KindPlans               // a page of the plans, or all of them at once
	KindCreate
	KindUpdate // PUT or PATCH
	KindPower  // start, stop or reboot
	KindDelete
	KindReread // a GET of servers marked by Rereading
	KindPoll   // a GET of servers marked by LowPriority
)

// Kinds are all kinds, in the order of their constants.
var Kinds = []Kind{KindList, KindDetail, KindAccount, KindPlans, KindCreate, KindUpdate, KindPower, KindDelete, KindReread, KindPoll}

// String is the kind as a noun in the singular, such as "power call".
func (k Kind) String() string {
	return [...]string{"list", "detail", "account", "plan list", "create", "update", "power call", "delete", "re-read", "poll"}[k]
}

type readingFor struct{}

// LowPriority marks the requests of ctx as able to wait, as polls are: while the
// limiter holds requests back, all others go first. Changes come to an end, so
// polls do not wait for ever.
func LowPriority(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingFor{}, KindPoll)
}

// Rereading marks the GETs of ctx as reads of servers that are about to be changed,
// or that may have been. It only decides as what they are counted.
func Rereading(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingFor{}, KindReread)
}

func isLowPriority(ctx context.Context) bool { return ctx.Value(readingFor{}) == KindPoll }

// kind is what a request of ctx is for.
func (r request) kind(ctx context.Context) Kind {
	server, ofServers := strings.CutPrefix(r.path, serversPath)
	if k, marked := ctx.Value(readingFor{}).(Kind); marked && ofServers && r.method == http.MethodGet {
		return k
	}
	switch r.method {
	case http.MethodPut, http.MethodPatch:
		return KindUpdate
	case http.MethodDelete:
		return KindDelete
	case http.MethodPost:
		if server == "" {
			return KindCreate
		}
		return KindPower
	}
	switch {
	case ofServers && server == "":
		return KindList
	case ofServers:
		return KindDetail
	case r.path == plansPath:
		return KindPlans
	}
	return KindAccount
}
