//go:build browser

package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// largePlan changes 300 servers in every way.
func largePlan() *planner.Plan {
	p := priced()
	for i := range 290 {
		name := fmt.Sprintf("web-%03d", i+100)
		p.Changes = append(p.Changes, &planner.Update{Subject: about(name, fmt.Sprint(50000+i), differing(80, 15, fleet.FieldHostname)), Location: []string{"us-west", "us-east", "eu-central"}[i%3],
			Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text(name + ".old.example.com"), To: planner.Text(name + ".example.com")}}})
	}
	return p
}

func TestBrowserShowsThePlan(t *testing.T) {
	p := largePlan()
	b := open(t, Run{Plan: p, Command: "fleet apply --digest " + p.Digest()})
	text := eval[string](b, "document.body.innerText")
	for _, fact := range []string{
		total(p), "The data of 4 servers is lost.", alsoThere(p), p.Digest(), "fleet apply --digest " + p.Digest(), "ops@example.com",
		"redis-01 → cache-01", "Apply will refuse the whole plan", "60.00 → 85.00 a month (+25.00)", "legacy (9)", "hostname of 290 servers",
		"live servers are named web-05", "tmp-1", "stopped server is still billed",
	} {
		if !strings.Contains(text, fact) {
			t.Errorf("the page does not show %q", fact)
		}
	}
	for _, c := range p.Changes {
		want := fmt.Sprintf(`.server[data-name="%s"][data-kind="%s"]`, c.About().Name, c.Action())
		if eval[int](b, fmt.Sprintf("document.querySelectorAll('%s').length", want)) != 1 {
			t.Errorf("%s %s is not in the page once", c.Action(), c.About().Name)
		}
	}
	if first := eval[string](b, `document.querySelector("section h2").innerText`); first != titleLosses {
		t.Errorf("the first section is %q", first)
	}
	if marked := eval[string](b, `document.querySelector('.server[data-name="db-01"][data-kind="update"]').closest(".card").querySelector("ins mark").innerText`); marked != "-" {
		t.Errorf("what differs in the hostname of db-01 is %q", marked)
	}
	if drawn := eval[int](b, `document.querySelectorAll(".charts rect.after").length`); drawn != 8 {
		t.Errorf("%d bars for 3 plans, 2 locations and 3 labels", drawn)
	}
	b.wantQuiet()
	b.screenshot("plan")
}

func TestBrowserFilters(t *testing.T) {
	b := open(t, Run{Plan: largePlan()})
	all := eval[int](b, `document.querySelectorAll(".server").length`)
	counted := func(want int) {
		t.Helper()
		if got := eval[int](b, `document.querySelectorAll(".server:not(.out)").length`); got != want {
			t.Errorf("%d servers fit, want %d", got, want)
		}
		if said := eval[string](b, `document.querySelector("output").innerText`); !strings.HasPrefix(said, fmt.Sprint(want)) {
			t.Errorf("the page says %q, want %d", said, want)
		}
	}
	counted(all)
	b.do(chromedp.Click(`button[data-kind="replace"]`))
	counted(3)
	b.wantShown(".changes", 1)
	b.do(chromedp.Click(`button[data-kind="delete"]`))
	counted(4)
	b.do(chromedp.Click(`button[data-kind="replace"]`), chromedp.Click(`button[data-kind="delete"]`))
	counted(all)
	choose := func(list, value string) {
		b.do(chromedp.SetValue(list, value), chromedp.Evaluate[chromedp.Void](`document.querySelector("`+list+`").dispatchEvent(new Event("change"))`))
	}
	choose("select[name=label]", "role=old")
	counted(4)
	choose("select[name=label]", "")
	counted(all)
	choose("select[name=location]", "eu-central")
	counted(96)
	b.do(chromedp.SendKeys("input[type=search]", "WEB-10"))
	counted(3) // 102, 105 and 108; the list that hides them opens
	b.wantShown("li.server", 3)
	b.screenshot("filtered")

	// By the keyboard alone: / goes to the name, Escape clears it, Tab and the
	// space bar press a button.
	b.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent("/"))
	if tag := eval[string](b, "document.activeElement.tagName"); tag != "INPUT" {
		t.Errorf("/ goes to %s", tag)
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	counted(96)
	b.do(chromedp.Focus("button"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "))
	if pressed := eval[string](b, `document.activeElement.ariaPressed`); pressed != "true" {
		t.Errorf("Tab and the space bar leave a button that is pressed: %q", pressed)
	}
	if outline := eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`); outline != "solid" {
		t.Errorf("what has the focus has the outline %q", outline)
	}
	b.wantQuiet()
}

func TestBrowserPrints(t *testing.T) {
	b := open(t, Run{Plan: largePlan()})
	b.do(chromedp.Click(`button[data-kind="delete"]`))
	b.media("print", "dark")
	all := eval[int](b, `document.querySelectorAll(".server").length`)
	b.wantShown(".server", all) // whatever the filter says, and with the lists open
	b.wantShown(".filters", 0)
	if color := eval[string](b, "getComputedStyle(document.body).backgroundColor"); color != "rgb(255, 255, 255)" {
		t.Errorf("the paper is %s", color)
	}
	pdf := get(b, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if !strings.HasPrefix(string(pdf), "%PDF") || !eval[bool](b, "window.printed") {
		t.Error("nothing was printed")
	}
	b.keep("plan.pdf", func() []byte { return pdf })
}

// On a phone nothing is cut off or has to be scrolled sideways.
func TestBrowserOnAPhone(t *testing.T) {
	p := largePlan()
	long := strings.Repeat("very-long-name-", 12)
	p.Blocked = append(p.Blocked, planner.Blocked{Name: long, Reason: planner.Reason{Code: planner.CodeNameTaken, Name: strings.Repeat("x", 300)}})
	p.Cost.Rows[0].Plan.Name = long
	for name, r := range map[string]Run{"plan": {Plan: p, Command: "fleet apply --digest " + p.Digest()}, "result": {Plan: priced(), Result: resultOf(priced())}} {
		t.Run(name, func(t *testing.T) {
			b := open(t, r)
			b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
			if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > 360 {
				t.Errorf("the page is %d pixels wide", wide)
			}
			if size := eval[float64](b, "parseFloat(getComputedStyle(document.body).fontSize)"); size < 14 {
				t.Errorf("the text is %g pixels high", size)
			}
			b.screenshot("phone_" + name)
		})
	}
}

// contrastOf gives the lowest ratio of contrast between a text and what is behind it.
const contrastOf = `(() => {
  const parse = (c) => { const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number); return {r, g, b, a}; };
  const light = ({r, g, b}) => { const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0) return c; } return {r: 255, g: 255, b: 255}; };
  let lowest = 21;
  for (const e of document.querySelectorAll("main *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.closest("svg, option") || !e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    lowest = Math.min(lowest, (a + 0.05) / (b + 0.05));
  }
  return lowest;
})()`

func TestBrowserInLightAndDark(t *testing.T) {
	for name, r := range map[string]Run{"plan": {Plan: priced()}, "result": {Plan: priced(), Result: resultOf(priced())}} {
		b := open(t, r)
		paper := map[string]string{}
		for _, scheme := range []string{"light", "dark"} {
			b.media("", scheme)
			paper[scheme] = eval[string](b, "getComputedStyle(document.body).backgroundColor")
			if ratio := eval[float64](b, contrastOf); ratio < 4.5 {
				t.Errorf("%s, %s: the lowest contrast is %.2f", name, scheme, ratio)
			}
			b.screenshot(name + "_" + scheme)
		}
		if paper["light"] == paper["dark"] {
			t.Errorf("light and dark are both %s", paper["light"])
		}
	}
}

func TestBrowserShowsTheResult(t *testing.T) {
	p := priced()
	r := resultOf(p)
	b := open(t, Run{Plan: p, Result: r})
	text := eval[string](b, "document.body.innerText")
	for _, fact := range []string{closing(r), "not enough credit", "hint: add credit at Billing", "still provisioning", "took 2m10s", "what comes before it was not done"} {
		if !strings.Contains(text, fact) {
			t.Errorf("the page does not show %q", fact)
		}
	}
	b.wantShown(".outcome", len(r.Reports))
	b.wantShown(".timeline .lane[class='lane']", 11) // one for each server that something was sent for
	label := eval[string](b, `[...document.querySelectorAll(".lane")].find((l) => l.innerText.startsWith("web-03")).querySelector("svg").ariaLabel`)
	if label != "web-03: create 3.0s, waiting until active 27s" {
		t.Errorf("the lane of web-03 says %q", label)
	}
	if wide := eval[float64](b, `document.querySelector(".lane:not(.axis) rect.waits").getBoundingClientRect().width`); wide < 20 {
		t.Errorf("a wait of 20 s and more is drawn %g pixels wide", wide)
	}
	b.wantQuiet()
}

func TestBrowserRunsNoText(t *testing.T) {
	for kind, text := range hostile {
		p := hostilePlan(text, 1)
		for _, r := range []Run{{Plan: p, Command: text}, {Plan: p, Result: hostileResult(p, text)}} {
			b := open(t, r)
			if name := eval[string](b, `document.querySelector(".server").dataset.name`); name != Escape(text) {
				t.Errorf("%s: the name is %q", kind, name)
			}
			if n := eval[int](b, `document.querySelectorAll("img, a, iframe, main script, main style, body *[onerror]").length`); n > 0 {
				t.Errorf("%s: %d elements were made of text", kind, n)
			}
			b.do(chromedp.SendKeys("input[type=search]", "x"))
			b.wantQuiet()
		}
	}
}

// The policy does hold: a script that was put into the page is not run.
func TestBrowserHoldsThePolicy(t *testing.T) {
	b := open(t, Run{Plan: priced()})
	b.do(chromedp.Evaluate[chromedp.Void](`const s = document.createElement("script"); s.textContent = "alert(1)"; document.body.append(s);
const i = new Image(); i.src = "https://example.com/x.png"; document.body.append(i)`),
		chromedp.Poll[chromedp.Void]("refused.length >= 2"))
	if n := eval[int](b, "ran"); n > 0 {
		t.Error("a foreign script ran")
	}
}
