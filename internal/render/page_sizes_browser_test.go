//go:build browser

package render

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/vps-fleet/fleet/planner"
)

// heights are how many pixels a page may be high, by its width.
var heights = map[string]map[int]int{
	"plan":          {1280: 1700, 800: 2500, 390: 3500},
	"plan of 1000":  {1280: 3000, 800: 3000, 390: 3000},
	"result":        {1280: 1700, 800: 1700, 390: 1700},
	"failed result": {1280: 900, 800: 1000, 390: 1500},
	"drift":         {1280: 1300, 800: 1700, 390: 2300},
	"doubt result":  {1280: 1000, 800: 1100, 390: 1700},
}

func TestBrowserHeights(t *testing.T) {
	for name, r := range pages(t) {
		b := open(t, r)
		for width, most := range heights[name] {
			b.do(chromedp.EmulateViewport(int64(width), 900))
			high := eval[int](b, `Math.ceil(document.querySelector("main").getBoundingClientRect().bottom + scrollY)`)
			t.Logf("the %s is %d pixels high at %d", name, high, width)
			if high > most {
				t.Errorf("the %s is %d pixels high at %d, want %d", name, high, width, most)
			}
			if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("the %s is %d pixels wide at %d", name, wide, width)
			}
			b.screenshot(fmt.Sprintf("%s_%d", strings.ReplaceAll(name, " ", "_"), width))
		}
		b.wantQuiet()
	}
}

// On a phone nothing is cut off or has to be scrolled sideways, however long a name is.
func TestBrowserLongNames(t *testing.T) {
	p := mixedCase(t)
	long := strings.Repeat("very-long-name-", 12)
	p.Blocked = append(p.Blocked, planner.Blocked{Name: long, Reason: planner.Reason{Code: planner.CodeNameTaken, Name: strings.Repeat("x", 300)}})
	p.Cost.Rows[0].Plan.Name = long
	b := open(t, Run{Plan: p, Command: "fleet apply --digest " + p.Digest()})
	b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
	if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("the page is %d pixels wide", wide)
	}
	if size := eval[float64](b, "parseFloat(getComputedStyle(document.body).fontSize)"); size < 14 {
		t.Errorf("the text is %g pixels high", size)
	}
}

func TestBrowserPrints(t *testing.T) {
	for name, most := range map[string]int{"plan": 3, "result": 3} {
		b := open(t, pages(t)[name])
		b.do(chromedp.Click(chromedp.CSS(`button[data-value="delete"]`)))
		b.media("print", "dark")
		b.wantShown(".filters", 0)
		b.wantShown(".list tbody", eval[int](b, `document.querySelectorAll(".list tbody").length`)) // whatever the filter says
		if color := eval[string](b, "getComputedStyle(document.body).backgroundColor"); color != "rgb(255, 255, 255)" {
			t.Errorf("the paper is %s", color)
		}
		b.screenshot(name + "_print")
		pdf := get(b, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
		if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)); !bytes.HasPrefix(pdf, []byte("%PDF")) || n == 0 || n > most {
			t.Errorf("the %s has %d pages, want %d", name, n, most)
		} else {
			t.Logf("the %s has %d pages", name, n)
		}
		b.keep(name+".pdf", func() []byte { return pdf })
	}
}

// contrastOf gives the lowest ratio of contrast between what a selector finds and
// what is behind it, by a property of style such as color or fill.
const contrastOf = `((selector, property) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const parse = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255]; };
  let lowest = 21;
  for (const e of document.querySelectorAll(selector)) {
    const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (property === "color" && (!text || e.closest("svg")) || !e.checkVisibility()) continue;
    const color = getComputedStyle(e)[property];
    const [a, b] = [light(parse(color === "none" ? getComputedStyle(e).fill : color)), light(behind(e.closest("svg")?.parentElement ?? e))].sort((x, y) => y - x);
    lowest = Math.min(lowest, (a + 0.05) / (b + 0.05));
  }
  return lowest;
})`

func TestBrowserContrast(t *testing.T) {
	for name, r := range pages(t) {
		b := open(t, r)
		paper := map[string]string{}
		for _, scheme := range []string{"light", "dark"} {
			b.media("", scheme)
			paper[scheme] = eval[string](b, "getComputedStyle(document.body).backgroundColor")
			if ratio := eval[float64](b, contrastOf+`("main *", "color")`); ratio < 4.5 {
				t.Errorf("%s, %s: the lowest contrast of text is %.2f", name, scheme, ratio)
			}
			if ratio := eval[float64](b, contrastOf+`("svg text", "fill")`); ratio < 4.5 {
				t.Errorf("%s, %s: the lowest contrast of text in a picture is %.2f", name, scheme, ratio)
			}
			if ratio := eval[float64](b, contrastOf+`("svg rect", "stroke")`); ratio < 3 { // the outline, where a bar has one
				t.Errorf("%s, %s: the lowest contrast of a bar is %.2f", name, scheme, ratio)
			}
			b.screenshot(strings.ReplaceAll(name, " ", "_") + "_" + scheme)
		}
		if paper["light"] == paper["dark"] {
			t.Errorf("light and dark are both %s", paper["light"])
		}
	}
}
