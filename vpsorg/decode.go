package vpsorg

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

var (
	errEmpty    = errors.New("it is empty")
	errTrailing = errors.New("something follows the JSON")
)

// decodeJSON reads exactly one JSON value.
func decodeJSON[T any](r io.Reader) (T, error) {
	var v, zero T
	dec := json.NewDecoder(r)
	err := dec.Decode(&v)
	if err == io.EOF {
		err = errEmpty
	}
	if err == nil {
		err = atEnd(dec)
	}
	if err != nil {
		return zero, err
	}
	return v, nil
}

// decodeOptional reads one JSON value or nothing at all.
func decodeOptional[T any](r io.Reader) (T, error) {
	v, err := decodeJSON[T](r)
	if err == errEmpty {
		err = nil
	}
	return v, err
}

// decodeServer reads a server, which must have an id to be one.
func decodeServer(r io.Reader) (Server, error) {
	s, err := decodeJSON[Server](r)
	if err == nil && s.ID == "" {
		err = errors.New("the server in it has no id")
	}
	if err != nil {
		return Server{}, err
	}
	return s, nil
}

func atEnd(dec *json.Decoder) error {
	switch _, err := dec.Token(); err {
	case io.EOF:
		return nil
	case nil:
		return errTrailing
	default:
		return fmt.Errorf("%w: %w", errTrailing, err)
	}
}

// page is one answer of a list: the whole of it or a part.
type page[T any] struct {
	count int
	next  string // where the API says the next page is; "": there is none
	items []T
}

// decodePage reads {"count", "results", "next"} or a bare array, one result at a
// time. Other keys are ignored; a missing count or missing results is an error.
func decodePage[T any](r io.Reader) (page[T], error) {
	var p page[T]
	dec := json.NewDecoder(r)
	start, err := dec.Token()
	if err == io.EOF {
		err = errEmpty
	}
	if err != nil {
		return page[T]{}, err
	}
	switch start {
	case json.Delim('['):
		p.items, err = decodeItems[T](dec)
		p.count = len(p.items)
	case json.Delim('{'):
		p, err = decodeObjectPage[T](dec)
	default:
		err = errors.New("it is neither a list nor an object with results")
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = atEnd(dec)
	}
	if err != nil {
		return page[T]{}, err
	}
	return p, nil
}

// decodeObjectPage reads the rest of an object whose brace has been read.
func decodeObjectPage[T any](dec *json.Decoder) (p page[T], err error) {
	var count *int
	var next *string
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return p, err
		}
		name := key.(string) // a decoder gives no other kind of key
		if seen[name] {
			return p, fmt.Errorf("it has %q twice", name)
		}
		seen[name] = true
		switch name {
		case "count":
			err = dec.Decode(&count)
		case "next":
			err = dec.Decode(&next)
		case "results":
			p.items, err = decodeResults[T](dec)
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return p, err
		}
	}
	switch _, err := dec.Token(); {
	case err != nil:
		return p, err
	case !seen["results"]:
		return p, &listFault{what: "the answer has no results", final: true}
	case count == nil:
		return p, &listFault{what: "the answer has no count", final: true}
	}
	p.count = *count
	if next != nil {
		p.next = *next
	}
	return p, nil
}

// decodeResults reads the value of results.
func decodeResults[T any](dec *json.Decoder) ([]T, error) {
	open, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if open != json.Delim('[') {
		return nil, errors.New("its results are not a list")
	}
	return decodeItems[T](dec)
}

// decodeItems reads the elements and the end of a list whose bracket has been read.
func decodeItems[T any](dec *json.Decoder) ([]T, error) {
	items := make([]T, 0, PageSize)
	for dec.More() {
		var item T
		if err := dec.Decode(&item); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := dec.Token()
	return items, err
}
