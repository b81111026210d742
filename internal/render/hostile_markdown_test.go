package render

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	unsafe "github.com/yuin/goldmark/renderer/html"
)

// asHTML is Markdown as GitHub reads it, before it looks for mentions and references.
func asHTML(t *testing.T, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	reader := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(unsafe.WithUnsafe()))
	if err := reader.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	anyTag = regexp.MustCompile(`<[^>]*>`)

	// fleetTags are all elements that fleet's Markdown is made of.
	fleetTags = regexp.MustCompile(`^</?(h3|p|blockquote|strong|code|pre|table|tr|th|td|details|summary|b|i|sub|br|wbr)( colspan="2"| align="(left|right)"( colspan="2")?| class="language-(text|sh)")?>$|^<!-- fleet -->$`)

	// pickedUp is text in which GitHub or GitLab find a mention, a reference, a link or an
	// emoji, where it is not code.
	pickedUp = regexp.MustCompile(`@\w|[#!~%]\d|[~%][a-z]|\bGH-\d|\b[A-Z]+-\d|://|\bwww\.|:\w+:|\b[0-9a-f]{7,}\b`)
)

// checkMarkdown wants no element that a text has brought, all of its text shown, and in
// none of it anything that is obeyed.
func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	checkText(t, text)
	page := asHTML(t, text)
	for _, tag := range anyTag.FindAllString(page, -1) {
		if !fleetTags.MatchString(tag) {
			t.Errorf("the element %q came from a text", tag)
		}
	}
	for _, element := range []string{"table", "details", "code", "pre", "td", "th"} {
		if opened, closed := strings.Count(page, "<"+element), strings.Count(page, "</"+element+">"); opened != closed {
			t.Errorf("%d elements %s begin and %d end", opened, element, closed)
		}
	}
	bare := regexp.MustCompile(`(?s)<code[^>]*>.*?</code>`).ReplaceAllString(page, " ")
	bare = strings.ReplaceAll(bare, "<wbr>", "")
	bare = html.UnescapeString(anyTag.ReplaceAllString(bare, "\n"))
	if found := pickedUp.FindString(bare); found != "" {
		t.Errorf("%q is obeyed in\n%s", found, bare)
	}
	if n := strings.Count(page, "<!--"); n != 1 {
		t.Errorf("there are %d comments", n)
	}
	checkRawMarkdown(t, text)
}

// checkRawMarkdown wants no line that ends a table, and none that GitLab would take for
// one of its quick actions.
func checkRawMarkdown(t *testing.T, text string) {
	t.Helper()
	for table := range strings.SplitSeq(text, "<table>") {
		if inside, _, found := strings.Cut(table, "</table>"); found && strings.Contains(inside, "\n\n") {
			t.Error("an empty line ends a table")
		}
	}
	fence := ""
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence = strings.TrimRight(line, "abcdefghijklmnopqrstuvwxyz")
		case fence != "" && line == fence:
			fence = ""
		case fence == "" && strings.HasPrefix(strings.TrimSpace(line), "/"):
			t.Errorf("GitLab obeys %q", line)
		}
	}
	if fence != "" {
		t.Error("a code block does not end")
	}
}

// Nothing of a text is lost, wherever it may be broken and whatever of it is code.
func TestMarkdownShowsAll(t *testing.T) {
	for kind, text := range hostile {
		for _, shown := range []string{mdText(text), mdCode(text)} {
			plain := html.UnescapeString(anyTag.ReplaceAllString(shown, ""))
			if got, want := strings.Join(strings.Fields(plain), " "), strings.Join(strings.Fields(Escape(text)), " "); got != want {
				t.Errorf("%s is shown as %q, want %q", kind, got, want)
			}
		}
	}
	for text, want := range map[string]string{
		"Basic VPS, us-west 8, us-east 6":                 "Basic VPS, us-west 8, us-east 6",
		"os: Debian 11 → debian-12":                       "os: Debian 11 → debian-12",
		"POST /servers/: 402 Payment Required":            "POST <code>/servers/</code>: 402 Payment Required",
		`write rollouts: { a: { names: ["b-*"] } } there`: `write <code>rollouts: { a: { names: ["b-*"] } }</code> there`,
		"web-01.example.com":                              "<code>web-01.example.com</code>",
		"<b> & co":                                        "<code>&lt;b&gt; &amp;</code> co",
		"averyveryverylongnamewithoutanymarkinit1":        "averyveryverylongnam<wbr>ewithoutanymarkinit1",
		"a-very-very-long-name-with-marks":                "a-very-very-long-<wbr>name-with-marks",
	} {
		if got := mdText(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
