package fleet

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"

	"gopkg.in/yaml.v3"
)

// document parses the file's one YAML document.
func (f *file) document() (*yaml.Node, Problems) {
	if problems := f.clean(); len(problems) > 0 {
		return nil, problems
	}
	decoder := yaml.NewDecoder(bytes.NewReader(f.data))
	var first, second yaml.Node
	err := decoder.Decode(&first)
	if errors.Is(err, io.EOF) || err == nil && blank(first.Content[0]) {
		return nil, Problems{{Pos: Pos{f.name, 1, 1}, Line: f.line(1), Message: "the file is empty",
			Hint: `a fleet without servers is written "version: 1" and "servers: {}"`}}
	}
	if err != nil {
		return nil, Problems{f.syntaxProblem(err)}
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], nil
	case err != nil:
		return nil, Problems{f.syntaxProblem(err)}
	}
	return nil, Problems{f.problem(second.Line, second.Column,
		"remove the --- line, or put what follows into a file of its own", "a second document")}
}

// maxSought is the size of text, in bytes, up to which the place of a syntax error
// is sought to the character; it costs some twenty parses.
const maxSought = 256 << 10

var (
	yamlError     = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxProblem gives a parse error its place. The parser tells at best the line
// where the surrounding construct begins, so the place is sought as the end of the
// shortest beginning of the text that meets the same error.
func (f *file) syntaxProblem(err error) Problem {
	line, message := splitYAMLError(err)
	if bracketErrors[message] {
		if bad := unclosed(f.data); bad != nil {
			line, column := f.place(bad.at)
			return f.problem(line, column, bad.hint, "not valid YAML: "+bad.message)
		}
	}
	column := 1
	if len(f.data) <= maxSought {
		end := sort.Search(len(f.data), func(n int) bool {
			_, m := splitYAMLError(parseAll(f.data[:n]))
			return m == message
		})
		line, column = f.place(max(0, end-1))
	}
	hint := syntaxHints[message]
	if m := unknownAnchor.FindStringSubmatch(message); m != nil {
		column = max(1, column-len(m[1]))
		hint = "put text that starts with * in quotes"
	}
	return f.problem(line, column, hint, "not valid YAML: "+Escape(message))
}

func splitYAMLError(err error) (line int, message string) {
	if err == nil {
		return 0, ""
	}
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return 1, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return max(1, line), m[2]
}

func parseAll(data []byte) error {
	for decoder := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// bracketErrors are the errors behind which a bracket or a quote may be that is not
// closed.
var bracketErrors = map[string]bool{
	"did not find expected key":                      true,
	"did not find expected ',' or '}'":               true,
	"did not find expected ',' or ']'":               true,
	"did not find expected node content":             true,
	"found unexpected end of stream":                 true,
	"could not find expected ':'":                    true,
	"mapping values are not allowed in this context": true,
}

// syntaxHints says what most often lies behind an error of the YAML parser.
var syntaxHints = map[string]string{
	"mapping values are not allowed in this context":               `put a value that holds ": " in quotes, and a colon after each key; the keys of one mapping start in one column`,
	"did not find expected key":                                    "the keys of one mapping start in one column; put a value that starts with { or [ in quotes",
	"did not find expected ',' or '}'":                             `close the {, or put a value that starts with { in quotes: "{name}.example.com"`,
	"did not find expected ',' or ']'":                             "close the [, or put a value that starts with [ in quotes",
	"could not find expected ':'":                                  `a key is followed by ": "`,
	"found unexpected end of stream":                               "close the quotes",
	"found character that cannot start any token":                  "put a value that starts with @, `, % or a tab in quotes",
	"did not find expected alphabetic or numeric character":        `put a pattern that starts with * in quotes: "*-web"`,
	"did not find expected '-' indicator":                          "the items of one list start in one column",
	"found unknown escape character":                               `inside "…" write a backslash twice`,
	"did not find expected comment or line break":                  "put the value in quotes",
	"block sequence entries are not allowed in this context":       "start the list on a line of its own",
	"found a tab character that violates indentation":              "indent with spaces",
	"found a tab character where an indentation space is expected": "indent with spaces",
}
