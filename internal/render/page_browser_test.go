//go:build browser

package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/vps-fleet/fleet/planner"
)

// pages are the cases as pages, by name.
func pages(t *testing.T) map[string]Run {
	t.Helper()
	mixed, failed := mixedCase(t), func(doubt bool) Run {
		p, r := failedCase(t, doubt)
		return Run{Plan: p, Result: r}
	}
	p, r := mixedResultCase(t)
	drift, driftPlan := driftCase(t)
	return map[string]Run{
		"plan":          {Plan: mixed, Command: "fleet apply --file w/mixed.yaml --digest " + mixed.Digest(), Outlook: documented},
		"plan of 1000":  {Plan: thousandCase(t), Outlook: documented},
		"result":        {Plan: p, Result: r},
		"failed result": failed(false),
		"doubt result":  failed(true),
		"drift":         {Drift: drift, Plan: driftPlan},
	}
}

// rows is a selector of the rows of single servers.
const rows = ".list tr[data-kind]"

func TestBrowserShowsThePlan(t *testing.T) {
	p := mixedCase(t)
	b := open(t, Run{Plan: p, Command: "fleet apply --digest " + p.Digest()})
	text := eval[string](b, "document.body.innerText")
	for _, fact := range []string{
		"27 servers lose their data", "jenkins-2019, legacy-[01:14], old-mail", "bastion, build-[1:3], search-[1:3]", p.Digest(), "ops@example.com",
		"67 on 59 servers", "3 blocked", "4 unlisted, 1 in transition", p.Cost.Delta.Signed(), "redis-01 → redis-main", "{name}.old.example.net → {name}.example.com",
	} {
		if !strings.Contains(text, fact) {
			t.Errorf("the page does not show %q", fact)
		}
	}
	for _, c := range p.Changes {
		if c.Action() == planner.ActionReboot {
			continue // told with the update before it
		}
		want := fmt.Sprintf(`tr[data-name="%s"][data-kind="%s"]`, c.About().Name, c.Action())
		if eval[int](b, fmt.Sprintf("document.querySelectorAll('%s').length", want)) != 1 {
			t.Errorf("%s %s is not in the page once", c.Action(), c.About().Name)
		}
	}
	titles := eval[string](b, `[...document.querySelectorAll(".title h2")].map((e) => e.innerText.split(" ")[1]).join(" ")`)
	if titles != "Delete Replace Blocked Create Update Start Stop Wait Unlisted Notes" {
		t.Errorf("the sections are %s", titles)
	}
	if first := eval[string](b, `document.querySelector("dd").innerText`); first != p.Cost.Delta.Signed() {
		t.Errorf("the first card says %q", first)
	}
	if high := eval[float64](b, `document.querySelector('tr[data-name="jenkins-2019"]').getBoundingClientRect().height`); high > 26.5 {
		t.Errorf("a row is %g pixels high", high)
	}
	b.wantQuiet()
}

// Groups unfold to their servers, by a click or all at once.
func TestBrowserUnfolds(t *testing.T) {
	b := open(t, pages(t)["plan"])
	folded := b.shown(".list tbody tr")
	b.do(chromedp.Focus(chromedp.CSS(`#delete-legacy-01-and-others .fold`)), chromedp.KeyEvent(kb.Enter))
	b.wantShown(".list tbody tr", folded+14)
	b.wantShown(`.fold[aria-expanded="true"]`, 1)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.wantShown(".list tbody tr", folded)
	b.do(chromedp.Click(chromedp.CSS("input[type=checkbox]")))
	b.wantShown(rows, eval[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", rows)))
	b.wantShown("tr.group", 0)
	b.screenshot("plan_each")
}

func TestBrowserFilters(t *testing.T) {
	b := open(t, pages(t)["plan"])
	all := eval[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", rows))
	counted := func(want int, hash string) {
		t.Helper()
		if got := eval[int](b, fmt.Sprintf(`document.querySelectorAll("%s:not(.out)").length`, rows)); got != want {
			t.Errorf("%d servers fit, want %d", got, want)
		}
		said := fmt.Sprintf("%d of %d", want, all)
		if want == all {
			said = ""
		}
		if got := eval[string](b, `document.querySelector("output").innerText`); got != said {
			t.Errorf("the page says %q, want %q", got, said)
		}
		if got := eval[string](b, "location.hash"); got != hash {
			t.Errorf("the address carries %q, want %q", got, hash)
		}
	}
	counted(all, "")
	b.do(chromedp.Click(chromedp.CSS(`button[data-value="replace"]`)))
	counted(7, "#kind=replace")
	b.wantShown(".list tbody", 1)
	b.do(chromedp.Click(chromedp.CSS(`button[data-value="delete"]`)))
	counted(27, "#kind=delete%2Creplace")
	b.do(chromedp.Click(chromedp.CSS(`button[data-value="replace"]`)), chromedp.SendKeys(chromedp.CSS("input[type=search]"), "US-EAST leg"))
	counted(6, "#kind=delete&q=US-EAST+leg") // of a group that opens
	b.wantShown("tr.member", 6)
	b.screenshot("plan_filtered")

	// By the keyboard alone: / goes to the search, Escape clears it, Tab and the
	// space bar press a button.
	b.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent("/"))
	if tag := eval[string](b, "document.activeElement.type"); tag != "search" {
		t.Errorf("/ goes to %s", tag)
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	counted(20, "#kind=delete")
	b.do(chromedp.Focus(chromedp.CSS(`button[data-value="delete"]`)), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "))
	counted(27, "#kind=delete%2Creplace")
	if outline := eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`); outline != "solid" {
		t.Errorf("what has the focus has the outline %q", outline)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("input[type=search]"), "nothing like it"))
	b.wantShown(".empty", 1)
	b.wantShown(".list tbody", 0)
	b.do(chromedp.Click(chromedp.CSS(".empty button")))
	counted(all, "")
	for query, want := range map[string]int{"41015": 1, "cache-eu-2.example.com": 1, "Basic": 14, "ap-south": 1} {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = 'q=%s'", query)), chromedp.Poll[chromedp.Void](fmt.Sprintf(`document.querySelector("output").innerText.startsWith("%d ")`, want)))
	}
	b.wantQuiet()
}

// A link to a server shows it, whatever is folded or filtered.
func TestBrowserFollowsALink(t *testing.T) {
	b := open(t, pages(t)["plan"])
	b.do(chromedp.Click(chromedp.CSS(`button[data-value="create"]`)))
	b.do(chromedp.Evaluate[chromedp.Void](`location.hash = "delete-legacy-07"`), chromedp.Poll[chromedp.Void](`document.getElementById("delete-legacy-07").checkVisibility()`))
	b.do(chromedp.Click(chromedp.CSS(`header a[href="#replace"]`)))
	if y := eval[float64](b, `document.getElementById("replace").getBoundingClientRect().top`); y < 0 || y > 900 {
		t.Errorf("the section that the link leads to is at %g", y)
	}
}

func TestBrowserSorts(t *testing.T) {
	b := open(t, pages(t)["plan"])
	deletes := func() string {
		return eval[string](b, `[...document.querySelectorAll("#delete tr:not(.title, .member)")].map((r) => r.dataset.name.split(/[-,]/)[0]).join(" ")`)
	}
	planned := deletes()
	for _, step := range []struct{ by, sort, want string }{
		{"a month", "ascending", "legacy test jenkins old staging"},
		{"a month", "descending", "old staging jenkins test legacy"},
		{"a month", "none", planned},
		{"Server", "ascending", "jenkins legacy old staging test"},
	} {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`[...document.querySelectorAll("thead th")].find((h) => h.innerText.startsWith(%q)).querySelector("button").click()`, step.by)))
		if got := deletes(); got != step.want {
			t.Errorf("by %s, %s: %s, want %s", step.by, step.sort, got, step.want)
		}
		if got := eval[string](b, fmt.Sprintf(`[...document.querySelectorAll("thead th")].find((h) => h.innerText.startsWith(%q)).ariaSort`, step.by)); got != step.sort {
			t.Errorf("by %s it is %s, want %s", step.by, got, step.sort)
		}
		if first := eval[string](b, `document.querySelector("#delete").rows[0].className + document.querySelector("#delete .member").previousElementSibling.className`); first != "titlegroup" {
			t.Errorf("by %s, %s: the title or a group is not before its rows", step.by, step.sort)
		}
	}
}

func TestBrowserCopies(t *testing.T) {
	r := pages(t)["plan"]
	b := open(t, r)
	b.do(chromedp.Evaluate[chromedp.Void](`navigator.clipboard.writeText = async (text) => { window.copied = text; }`), chromedp.Click(chromedp.CSS(".copy")), chromedp.Poll[chromedp.Void]("window.copied"))
	if got := eval[string](b, "window.copied"); got != r.Command {
		t.Errorf("copied is %q", got)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`navigator.clipboard.writeText = async () => { throw new Error(); }`), chromedp.Click(chromedp.CSS(".copy")), chromedp.Poll[chromedp.Void](`getSelection().toString()`))
	if got := eval[string](b, "getSelection().toString()"); got != r.Command {
		t.Errorf("selected is %q", got)
	}
}

// The results are rows of a table whose bars show when, and whose words say what.
func TestBrowserShowsTheResult(t *testing.T) {
	b := open(t, pages(t)["doubt result"])
	text := eval[string](b, "document.body.innerText")
	for _, fact := range []string{"5 failed", "402 Payment Required: Insufficient credits.", "still provisioning", "Nothing was deleted.", "web-05 may have been created", "12341"} {
		if !strings.Contains(text, fact) {
			t.Errorf("the page does not show %q", fact)
		}
	}
	titles := eval[string](b, `[...document.querySelectorAll(".title h2")].map((e) => e.innerText.slice(2, 8)).join("|")`)
	if titles != "In dou|Failed|Not re|Done 7" {
		t.Errorf("the sections are %s", titles)
	}
	b.wantShown(rows, 15)
	if label := eval[string](b, `document.querySelector('tr[data-name="web-01"]').innerText.replaceAll(/\s+/g, " ")`); !strings.HasPrefix(label, "web-01") || !strings.Contains(label, "✓ created") {
		t.Errorf("the row of web-01 says %q", label)
	}
	if words := eval[string](b, `document.querySelector('tr[data-name="web-03"] .lane').innerText`); words != "✗ create: 402 Payment Required" {
		t.Errorf("at the end of the bar of web-03 it says %q", words)
	}
	if n := eval[int](b, `[...document.querySelectorAll(".lane")].filter((e) => e.innerText.includes("slowest")).length`); n != 1 {
		t.Errorf("%d rows are the slowest", n)
	}
	if far := eval[float64](b, `(() => { const [bar, words] = document.querySelector('tr[data-name="web-03"] .lane div').children; return words.getBoundingClientRect().left - bar.getBoundingClientRect().right; })()`); far < 0 || far > 12 {
		t.Errorf("the words stand %g pixels from the bar's end", far)
	}
	b.do(chromedp.Click(chromedp.CSS(`button[data-value="failed"]`)))
	b.wantShown(rows, 5)
	b.wantQuiet()
}

func TestBrowserShowsTheDrift(t *testing.T) {
	b := open(t, pages(t)["drift"])
	text := eval[string](b, "document.body.innerText")
	for _, fact := range []string{"servers differ from the file, 4 more unlisted", "An apply would destroy the data of 27 servers", "legacy-[01:14]", "db-replica", "Fingerprint"} {
		if !strings.Contains(text, fact) {
			t.Errorf("the page does not show %q", fact)
		}
	}
	titles := eval[string](b, `[...document.querySelectorAll(".title h2")].map((e) => e.innerText.split(/ \d/)[0]).join(", ")`)
	if titles != "Extra, Needs a replacement, Needs you, Missing, Changed, Power, Unlisted" {
		t.Errorf("the sections are %s", titles)
	}
	b.do(chromedp.Click(chromedp.CSS(`button[data-value="power"]`)))
	b.wantShown("tr.group", 2)
	b.do(chromedp.Click(chromedp.CSS(`header a[href="#extra"]`)), chromedp.Poll[chromedp.Void](`document.getElementById("extra").checkVisibility()`))
	b.wantQuiet()
}

func TestBrowserRunsNoText(t *testing.T) {
	for kind, text := range hostile {
		p := hostilePlan(text, 1, allCodes)
		for _, r := range []Run{{Plan: p, Command: text}, {Plan: p, Result: hostileResult(p, text)}} {
			b := open(t, r)
			if name := eval[string](b, fmt.Sprintf(`document.querySelector(%q).dataset.name`, rows)); name != Escape(text) {
				t.Errorf("%s: the name is %q", kind, name)
			}
			if n := eval[int](b, `document.querySelectorAll("img, a:not([href^='#']), iframe, main script, main style, body *[onerror]").length`); n > 0 {
				t.Errorf("%s: %d elements were made of text", kind, n)
			}
			b.do(chromedp.SendKeys(chromedp.CSS("input[type=search]"), "x"))
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
