package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// maxPageSize is the largest page that a client may ask for.
const maxPageSize = 100

// filters are the statuses that a list can be narrowed to.
var filters = []vpsorg.Status{vpsorg.StatusActive, vpsorg.StatusStopped, vpsorg.StatusSuspended}

// listServers answers GET servers/.
func (e *Emulator) listServers(c *call) answer {
	status, location := vpsorg.Status(c.values.Get("status")), c.values.Get("location")
	if c.values.Has("status") && !slices.Contains(filters, status) {
		why := strconv.Quote(string(status)) + " is not one of active, stopped, suspended."
		c.deviate(http.StatusBadRequest, "status: "+why, "")
		return answer{status: http.StatusBadRequest, body: map[string][]string{"status": {why}}}
	}
	found := e.visible(c, status, location)
	if e.PageSize <= 0 {
		return ok(list[listedServer]{len(found), e.listedAll(found, c.now)})
	}
	return e.page(c, found)
}

// visible returns the records that lists show, narrowed by filters that are not
// empty. With nothing to leave out it does not walk the world.
func (e *Emulator) visible(c *call, status vpsorg.Status, location string) []*record {
	all, young := e.recordsAt(e.seenAt(c), c.now), e.leavesOut(c)
	if !young && status == "" && location == "" {
		return all
	}
	var found []*record
	for _, r := range all {
		e.settle(r, c.now)
		tooYoung := young && c.now.Sub(r.Ordered) < e.Lag.Young
		if (status == "" || r.Status == status) && (location == "" || r.Location == location) && !tooYoung {
			found = append(found, r)
		}
	}
	return found
}

func (e *Emulator) listedAll(records []*record, now time.Time) []listedServer {
	all := make([]listedServer, len(records))
	for i, r := range records {
		e.settle(r, now)
		all[i] = listed(&r.Server)
	}
	return all
}

// page answers with one page of what was found.
func (e *Emulator) page(c *call, found []*record) answer {
	size, err := natural(c.values, "page_size", e.PageSize)
	if err != nil || size > max(maxPageSize, e.PageSize) {
		return *c.deviate(http.StatusBadRequest, "page_size is not between 1 and the largest", "Invalid page size.")
	}
	number, err := natural(c.values, "page", 1)
	if err != nil {
		return *c.deviate(http.StatusNotFound, "page is not a number from 1", "Invalid page.")
	}
	last := max(1, (len(found)+size-1)/size)
	if number > last {
		return *refuse(http.StatusNotFound, "Invalid page.")
	}
	from, to := (number-1)*size, min(number*size, len(found))
	p := pagedList[listedServer]{Count: len(found), Results: e.listedAll(found[from:to], c.now)}
	if number < last {
		p.Next = new(c.pageURL(number + 1))
	}
	if number > 1 {
		p.Previous = new(c.pageURL(number - 1))
	}
	return ok(p)
}

// natural reads a parameter that counts from 1.
func natural(values url.Values, name string, standard int) (int, error) {
	if !values.Has(name) {
		return standard, nil
	}
	n, err := strconv.Atoi(values.Get(name))
	if err == nil && n < 1 {
		err = strconv.ErrRange
	}
	return n, err
}

// pageURL is where another page of the same list is; the first needs no number.
func (c *call) pageURL(number int) string {
	query := url.Values{}
	for name, values := range c.values {
		query[name] = values
	}
	query.Set("page", strconv.Itoa(number))
	if number == 1 {
		query.Del("page")
	}
	if len(query) == 0 {
		return c.origin + c.path
	}
	return c.origin + c.path + "?" + query.Encode()
}
