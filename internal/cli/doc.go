// Package cli is the command line: each command reads its flags and variables,
// calls the libraries and shows what they say through package render. What a
// plan is, how it is carried out and how it looks is decided elsewhere; here it is
// decided only whether a run may go ahead, where the files are that it reads and
// writes, and with which exit code it ends.
package cli
