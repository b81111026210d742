// Package importer writes fleet files for servers that exist: a whole new file, or
// changes of files that there are. It decides which servers get an entry, under
// which name, with which fields, and gathers series into ranges; where text stands
// in a file, and how it is spliced in, is fleet's.
//
// All is a pure function of one observation and the text of the files. What comes of
// it has proved itself: the new text is read, and planned against the same
// observation, and nothing is given back that would change a server. Nothing is
// said to people here; why a server is left out is data, of which internal/render
// makes sentences.
package importer
