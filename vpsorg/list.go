package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// PageSize is how many entries of a list are asked for at once: the most that the
// vendor's own client asks for. An API may give fewer.
const PageSize = 100

const (
	maxPages     = 5000 // of one list; a count that needs more is taken for nonsense
	listReadings = 3    // of a list that contradicts itself
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

// list reads one list of the API completely. It first asks as documented, without
// page parameters, and goes on by pages where the answer was one page; the next time
// it begins with the pages.
type list[T any] struct {
	client *Client
	path   string
	filter url.Values
	key    func(T) ID // what tells two entries apart
	form   *listForm
}

// listForm is what the last complete reading has shown of a list's form.
type listForm struct {
	size  atomic.Int64 // entries of a page, where there are pages; 0: ask as documented
	pages atomic.Int64
}

// all reads the list, up to three times while it contradicts itself, as a list
// does that changes while its pages are read. It returns every entry, or an error.
func (l list[T]) all(ctx context.Context) ([]T, error) {
	pause := l.client.Pauses()
	for reading := 1; ; reading++ {
		items, err := l.read(ctx)
		if err == nil {
			return items, nil
		}
		l.form.size.Store(0) // it may have changed
		var fault *listFault
		if !errors.As(err, &fault) {
			return nil, err
		}
		if fault.final || reading == listReadings {
			return nil, l.refuse(reading, err)
		}
		if err := sleep(ctx, pause()); err != nil {
			return nil, l.refuse(reading, err)
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

// read reads the whole list once.
func (l list[T]) read(ctx context.Context) ([]T, error) {
	first, size, err := l.first(ctx)
	if err != nil {
		return nil, err
	}
	n := 1
	if size > 0 {
		if n, err = first.number(); err != nil {
			return nil, err
		}
	}
	pages := make([]page[T], n)
	pages[0] = first
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(l.client.cfg.Parallelism)
	for i := 1; i < n; i++ {
		group.Go(func() (err error) {
			pages[i], err = l.page(ctx, i+1, size)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	items, err := l.join(pages)
	if err == nil {
		l.form.size.Store(int64(size))
		l.form.pages.Store(int64(n))
	}
	return items, err
}

// first reads the first page. size is that of the pages to ask for next, or 0 for a
// list that came whole. An API that has no pages any more may refuse to be asked for
// one, so it is then asked as documented.
func (l list[T]) first(ctx context.Context) (first page[T], size int, err error) {
	if size = int(l.form.size.Load()); size > 0 {
		var refused *Error
		first, err = l.page(ctx, 1, size)
		if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest && refused.Status != http.StatusNotFound {
			return first, size, err
		}
	}
	first, err = l.page(ctx, 0, 0)
	if err != nil || first.next == "" && first.count <= len(first.items) {
		return first, 0, err
	}
	if size = len(first.items); size < PageSize {
		size = PageSize
		first, err = l.page(ctx, 1, size)
	}
	return first, size, err
}

// number is how many pages the list has, by the size that the first really had:
// an API may give fewer entries a page than it was asked for.
func (p page[T]) number() (int, error) {
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
	count, came := pages[0].count, 0
	for _, p := range pages {
		came += len(p.items)
	}
	items := make([]T, 0, came)
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
