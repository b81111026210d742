package bucket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/vps-fleet/fleet/internal/state"
)

// Store is a bucket, or what is in it under a prefix.
type Store struct {
	client *minio.Core
	bucket string
	prefix string // "", or it ends with "/"
	place  string
}

// Place names the bucket.
func (s *Store) Place() string { return s.place }

// Prepare has nothing to make: a bucket has its owner's policies, so people make it.
func (s *Store) Prepare(context.Context) error { return nil }

// Read returns an object.
func (s *Store) Read(ctx context.Context, name string) (o state.Object, err error) {
	var clock clock
	body, info, _, err := s.client.GetObject(clock.in(ctx), s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if missing(err) {
		o.Now, err = clock.read()
		return o, err
	}
	if err != nil {
		return o, explain(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return o, err
	}
	now, err := clock.read()
	return state.Object{Data: data, Version: info.ETag, Now: now}, err
}

// Replace writes an object whose version is still the given one.
func (s *Store) Replace(ctx context.Context, name string, data []byte, version string) (state.Object, error) {
	var opts minio.PutObjectOptions
	if version == "" {
		opts.SetMatchETagExcept("*")
	} else {
		opts.SetMatchETag(version)
	}
	var clock clock
	info, err := s.put(clock.in(ctx), name, data, opts)
	if refused(err) || version != "" && missing(err) {
		return state.Object{}, state.ErrConflict
	}
	if err != nil {
		return state.Object{}, explain(err)
	}
	now, err := clock.read()
	return state.Object{Version: info.ETag, Now: now}, err
}

// Put writes an object, whatever was there.
func (s *Store) Put(ctx context.Context, name string, data []byte) error {
	_, err := s.put(ctx, name, data, minio.PutObjectOptions{})
	return explain(err)
}

func (s *Store) put(ctx context.Context, name string, data []byte, opts minio.PutObjectOptions) (minio.UploadInfo, error) {
	opts.ContentType = "application/json"
	sum := sha256.Sum256(data)
	return s.client.PutObject(ctx, s.bucket, s.prefix+name, bytes.NewReader(data), int64(len(data)), "", hex.EncodeToString(sum[:]), opts)
}

// Drop removes an object. In a versioned bucket its versions stay.
func (s *Store) Drop(ctx context.Context, name string) error {
	err := s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{})
	if missing(err) {
		return nil
	}
	return explain(err)
}

// List are the objects whose names begin so.
func (s *Store) List(ctx context.Context, prefix string) (list []state.Listed, err error) {
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return nil, explain(o.Err)
		}
		list = append(list, state.Listed{Name: strings.TrimPrefix(o.Key, s.prefix), Written: o.LastModified})
	}
	return list, nil
}
