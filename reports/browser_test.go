package reports_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"waymark/internal/testdata"
	"waymark/reports"
	"waymark/suite"
)

func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		testdata.Missing(t, "Chromium (Debian package chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// In a real browser the page breaks no rule of its own policy, asks nobody for
// anything, fits a phone, and can be reached by keyboard.
func TestPageInABrowser(t *testing.T) {
	ctx := browser(t)
	var mu sync.Mutex
	var complaints []string
	chromedp.ListenTarget(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			complaints = append(complaints, ev.Entry.Text)
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, ev.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, "file:") && !strings.HasPrefix(u, "data:") {
				complaints = append(complaints, "request to "+u)
			}
		}
	})
	for name, res := range map[string]*suite.Result{"hostile": made(hostile...), "SWE-bench": swebench(t)} {
		dir := t.TempDir()
		if _, err := reports.Write(t.Context(), res, dir, []string{"html"}); err != nil {
			t.Fatal(err)
		}
		var width, pictures, broken int64
		var focus, text string
		err := chromedp.Run(ctx, log.Enable(), network.Enable(), runtime.Enable(),
			emulation.SetDeviceMetricsOverride(390, 844, 1, true),
			chromedp.Navigate("file://"+filepath.Join(dir, "report.html")),
			chromedp.Evaluate(`document.documentElement.scrollWidth`, &width),
			chromedp.Evaluate(`document.images.length`, &pictures),
			chromedp.Evaluate(`Array.from(document.images).filter(i => i.naturalWidth == 0).length`, &broken),
			chromedp.KeyEvent("\t"),
			chromedp.Evaluate(`document.activeElement.className`, &focus),
			chromedp.Evaluate(`document.body.innerText`, &text),
		)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if width > 390 {
			t.Errorf("%s: the page is %d pixels wide on a phone of 390", name, width)
		}
		if want := int64(min(2, 1+len(res.Curves))); pictures != want || broken != 0 {
			t.Errorf("%s: %d pictures, %d broken, want %d whole", name, pictures, broken, want)
		}
		if focus != "skip" {
			t.Errorf("%s: the first Tab reaches %q, not the skip link", name, focus)
		}
		if name == "hostile" && (!strings.Contains(text, "alert(1)") || !strings.Contains(text, "SYNTHETIC")) {
			t.Errorf("hostile names are not shown as text, or SYNTHETIC is missing")
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
}
