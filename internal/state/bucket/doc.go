// Package bucket keeps the objects of a shared state in a bucket of an S3-compatible
// store. It is a state.Backend and knows nothing of what is in the objects.
//
// Compare-and-swap is a write with If-None-Match: * or If-Match, the version of an
// object is its ETag, whatever the store makes that of, and time is the Date of the
// store's answers. Each request is sent once: to ask again is the state's business.
package bucket
