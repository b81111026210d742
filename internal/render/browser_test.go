//go:build browser

package render

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "keep screenshots of the pages in this folder")

// tab is a page in a real Chromium. What the page should not do is noted and
// fails the test in the end.
type tab struct {
	*testing.T
	ctx  context.Context
	mu   sync.Mutex
	sent []string // addresses that it asked for
}

// watchdog notes, before the page's own script, what its policy has refused and
// whether a text got to run.
const watchdog = `window.refused = []; window.ran = 0;
document.addEventListener("securitypolicyviolation", (e) => refused.push(e.violatedDirective + " " + e.blockedURI));
window.alert = () => { ran++; };
addEventListener("beforeprint", () => { window.printed = true; });`

var (
	oneBrowser sync.Once
	browser    context.Context
)

// startBrowser starts the one Chromium that all tests open their tabs in.
func startBrowser(t *testing.T) context.Context {
	oneBrowser.Do(func() {
		options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox) // CI is root
		allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
		browser, _ = chromedp.NewContext(allocator)
		if err := chromedp.Do(browser); err != nil {
			t.Fatalf("cannot start Chromium: %v", err)
		}
	})
	return browser
}

// TestMain ends the browser after the tests.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if browser != nil {
		_ = chromedp.Cancel(browser)
	}
	os.Exit(code)
}

// open shows a run in a new tab, of a desktop's size.
func open(t *testing.T, r Run) *tab {
	t.Helper()
	return openHTML(t, pageOf(t, r))
}

func openHTML(t *testing.T, page string) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(startBrowser(t))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.sent = append(b.sent, e.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	command(b, network.Enable, network.EnableParams{})
	command(b, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: watchdog})
	b.do(chromedp.EmulateViewport(1100, 900), chromedp.Navigate("file://"+file))
	return b
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// get runs an action that gives a value.
func get[T any](b *tab, a chromedp.Action[T]) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.Fatal(err)
	}
	return value
}

// command runs a command of the browser's protocol.
func command[P, R any](b *tab, c cdp.Command[P, R], params P) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		b.Fatal(err)
	}
}

// eval is what an expression is worth in the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	return get(b, chromedp.Evaluate[T](expression))
}

// shown counts the elements that take up space.
func (b *tab) shown(selector string) int {
	b.Helper()
	return eval[int](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter((e) => e.checkVisibility()).length`, selector))
}

func (b *tab) wantShown(selector string, want int) {
	b.Helper()
	if got := b.shown(selector); got != want {
		b.Errorf("%d of %s are shown, want %d", got, selector, want)
	}
}

// wantQuiet wants a page that has asked for nothing but itself, run nothing but
// its own script and met its policy.
func (b *tab) wantQuiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.sent) != 1 {
		b.Errorf("the page asked for %q", b.sent)
	}
	if refused := eval[[]string](b, "refused"); len(refused) > 0 {
		b.Errorf("the policy refused %q", refused)
	}
	if n := eval[int](b, "ran"); n > 0 {
		b.Errorf("a text from outside ran %d times", n)
	}
}

// keep writes a picture to the folder that the flag names.
func (b *tab) keep(name string, data func() []byte) {
	b.Helper()
	if *screenshots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name), data(), 0o600); err != nil {
		b.Fatal(err)
	}
}

// screenshot keeps a picture of the whole page.
func (b *tab) screenshot(name string) {
	b.Helper()
	b.keep(name+".png", func() []byte { return get(b, chromedp.FullScreenshot(100)) })
}

// media shows the page in a scheme of colours, and as a medium shows it: "" is a screen.
func (b *tab) media(medium, scheme string) {
	b.Helper()
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}
