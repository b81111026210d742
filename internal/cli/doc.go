// Package cli is the command line, a file for each command: it reads flags and
// variables, asks the engine (package apply) and shows what came of it through
// package render. What a plan is, whether it may be carried out and how it looks is
// decided there. Here is decided who approves a plan, where the files are that fleet
// reads and writes, and with which exit code it ends.
package cli
