package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/sync/errgroup"
)

const (
	pageSize     = 100  // entries a page to ask for, the most that the vendor's own client asks
	maxPages     = 5000 // of one list; a count that needs more is taken for nonsense
	pagesAtOnce  = 10
	listReadings = 3 // of a list that contradicts itself
)

// ErrIncompleteList is why a list was refused: it could not be shown to be
// complete, so nothing may be concluded from what it lacks.
var ErrIncompleteList = errors.New("the list is not complete")

// listFault is how a list contradicts itself.
type listFault struct {
	what  string
	final bool // reading it again cannot help
}

func (f *listFault) Error() string        { return ErrIncompleteList.Error() + ": " + f.what }
func (f *listFault) Is(target error) bool { return target == ErrIncompleteList }

// list reads one list of the API completely. It first asks as documented,
// without page parameters, and goes on by pages where the answer was one page.
type list[T any] struct {
	client *Client
	path   string
	filter url.Values
	key    func(T) ID // what tells two entries apart
}

// all reads the list, up to three times while it contradicts itself, as a list
// does that changes while its pages are read. It answers every entry, and how many
// requests the last reading took, or an error.
func (l list[T]) all(ctx context.Context) (items []T, requests int, err error) {
	pause := l.client.Pauses()
	for reading := 1; ; reading++ {
		items, requests, err := l.read(ctx)
		if err == nil {
			return items, requests, nil
		}
		var fault *listFault
		if !errors.As(err, &fault) {
			return nil, 0, err
		}
		if fault.final || reading == listReadings {
			return nil, 0, l.refuse(reading, err)
		}
		if err := sleep(ctx, pause()); err != nil {
			return nil, 0, l.refuse(reading, err)
		}
	}
}

// refuse names the list in an error that does not yet.
func (l list[T]) refuse(readings int, err error) error {
	var named *Error
	if errors.As(err, &named) {
		return err
	}
	r := request{method: http.MethodGet, path: l.path, query: l.filter}
	if readings > 1 {
		err = fmt.Errorf("%w (the last of %d readings)", err, readings)
	}
	return r.fail(err)
}

// read reads the whole list once, and tells how many requests that took.
func (l list[T]) read(ctx context.Context) (items []T, requests int, err error) {
	first, err := l.page(ctx, 0, 0)
	if err != nil {
		return nil, 0, err
	}
	if first.next == "" && first.count <= len(first.items) {
		items, err = l.join([]page[T]{first})
		return items, 1, err
	}
	size := len(first.items)
	if size < pageSize {
		size = pageSize
		if first, err = l.page(ctx, 1, size); err != nil {
			return nil, 0, err
		}
		requests++
	}
	n, err := first.pages()
	if err != nil {
		return nil, 0, err
	}
	pages := make([]page[T], n)
	pages[0] = first
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(pagesAtOnce)
	for i := 1; i < n; i++ {
		group.Go(func() (err error) {
			pages[i], err = l.page(ctx, i+1, size)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, 0, err
	}
	items, err = l.join(pages)
	return items, requests + n, err
}

// pages is how many pages the list has, by the size that the first really had:
// an API may give fewer entries a page than it was asked for.
func (p page[T]) pages() (int, error) {
	size := len(p.items)
	if size == 0 && p.count > 0 {
		return 0, &listFault{what: fmt.Sprintf("count is %d but the first page is empty", p.count)}
	}
	n := 1
	if p.count > 0 {
		n = (p.count-1)/size + 1
	}
	if n > maxPages {
		return 0, &listFault{what: fmt.Sprintf("count is %d at %d a page, more than can be read", p.count, size), final: true}
	}
	return n, nil
}

// page reads page number n with size entries, or for n = 0 the list as it comes.
func (l list[T]) page(ctx context.Context, n, size int) (page[T], error) {
	r := request{method: http.MethodGet, path: l.path, query: l.filter, status: http.StatusOK, limit: maxListBody}
	if n > 0 {
		r.query = maps.Clone(l.filter)
		r.query.Set("page", strconv.Itoa(n))
		r.query.Set("page_size", strconv.Itoa(size))
	}
	p, err := do(ctx, l.client, r, decodePage[T])
	if n > 1 && errors.Is(err, ErrNotFound) {
		return p, &listFault{what: fmt.Sprintf("page %d was counted but is gone", n)}
	}
	if err == nil {
		err = l.checkNext(p.next)
	}
	return p, err
}

// checkNext refuses a next page that is not a page of this list. The client
// numbers the pages itself, but an API that points elsewhere is not to be trusted.
func (l list[T]) checkNext(next string) error {
	if next == "" {
		return nil
	}
	here, err := url.Parse(l.client.base.String() + l.path)
	if err != nil {
		return err
	}
	u, err := here.Parse(next)
	if err != nil {
		return &listFault{what: "its next page is not a URL", final: true}
	}
	if u.User != nil || origin(u) != origin(here) || u.EscapedPath() != here.EscapedPath() {
		what := "its next page is elsewhere, at " + origin(u) + u.EscapedPath()
		return &listFault{what: oneLine(l.client.redact(what)), final: true}
	}
	return nil
}

// join puts the pages together if they are one complete list: one count
// throughout, no page after the last, and as many distinct entries as counted.
func (l list[T]) join(pages []page[T]) ([]T, error) {
	count := pages[0].count
	items := []T{}
	for _, p := range pages {
		if p.count != count {
			return nil, &listFault{what: fmt.Sprintf("count moved from %d to %d between pages", count, p.count)}
		}
		items = append(items, p.items...)
	}
	if pages[len(pages)-1].next != "" {
		return nil, &listFault{what: fmt.Sprintf("page %d should be the last but names a next one", len(pages))}
	}
	if len(items) != count {
		return nil, &listFault{what: fmt.Sprintf("count is %d but %d entries came", count, len(items))}
	}
	seen := make(map[ID]bool, len(items))
	for _, item := range items {
		key := l.key(item)
		if key == "" {
			return nil, &listFault{what: "an entry has no id", final: true}
		}
		if seen[key] {
			return nil, &listFault{what: fmt.Sprintf("id %q came twice", key)}
		}
		seen[key] = true
	}
	return items, nil
}
