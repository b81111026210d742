//go:build browser

package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// commentStyle is how GitHub lays out a comment, as far as it is about width and height.
const commentStyle = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
* { box-sizing: border-box }
body { max-width: 860px; margin: 0; padding: 16px 24px; font: 14px/1.5 sans-serif; overflow-wrap: break-word }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse }
th, td { padding: 6px 13px; border: 1px solid #d0d7de }
code { padding: .2em .4em; font: 85% monospace; white-space: break-spaces; background: #eee }
pre { padding: 16px; overflow: auto } pre code { white-space: pre }
blockquote { margin: 0 0 16px; padding: 0 1em; border-left: 4px solid #d1242f }
h3 { margin: 24px 0 16px } p, table, details { margin: 0 0 16px }
</style>`

// A comment fits a telephone, and what is folded too: nothing but a command that is to be
// copied is scrolled sideways.
func TestBrowserMarkdown(t *testing.T) {
	failedPlan, failedResult := failedCase(t, true)
	drift, driftPlan := driftCase(t)
	mixedPlan, mixedResult := mixedResultCase(t)
	for name, test := range map[string]struct {
		run  Run
		high map[int]int
	}{
		"plan":   {Run{Plan: mixedCase(t), Command: "fleet apply --file w/mixed.yaml", Outlook: documented}, map[int]int{860: 1150, 390: 2000}},
		"failed": {Run{Plan: failedPlan, Result: failedResult}, map[int]int{860: 600, 390: 900}},
		"done":   {Run{Plan: mixedPlan, Result: mixedResult}, map[int]int{860: 700, 390: 1200}},
		"drift":  {Run{Drift: drift, Plan: driftPlan}, map[int]int{860: 1500, 390: 2400}},
		"many":   {Run{Plan: thousandCase(t)}, map[int]int{860: 900, 390: 1900}},
	} {
		markdown, err := Markdown(test.run, CommentBytes)
		if err != nil {
			t.Fatal(err)
		}
		b := openHTML(t, commentStyle+asHTML(t, string(markdown)))
		for width, most := range test.high {
			b.do(chromedp.EmulateViewport(int64(width), 900, chromedp.EmulateMobile))
			high := eval[int](b, "Math.ceil(document.body.getBoundingClientRect().height)")
			t.Logf("the %s is %d pixels high at %d", name, high, width)
			if high > most {
				t.Errorf("the %s is %d pixels high at %d, want %d", name, high, width, most)
			}
			b.screenshot(fmt.Sprintf("markdown_%s_%d", name, width))
			eval[bool](b, `document.querySelectorAll("details").forEach((d) => { d.open = true }) ?? true`)
			sideways := eval[[]string](b, `[...document.querySelectorAll("html, table")].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.tagName + " " + e.scrollWidth + " > " + e.clientWidth)`)
			if len(sideways) > 0 {
				t.Errorf("the %s is scrolled sideways at %d: %s", name, width, strings.Join(sideways, ", "))
			}
			eval[bool](b, `document.querySelectorAll("details").forEach((d) => { d.open = false }) ?? true`)
		}
		b.wantQuiet()
	}
}
