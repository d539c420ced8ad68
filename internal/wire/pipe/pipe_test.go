package pipe_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waymark"
	"waymark/internal/wire"
	"waymark/internal/wire/pipe"
)

// The test binary is a router itself where it is told to be.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "router" {
		be(os.Args[2], os.Args[3:])
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// asked is a line of Waymark.
type asked struct {
	Type    string
	N       int64
	Queries []struct{ ID string }
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// be is a router of some kind: every kind but "good" does something that no router should.
func be(kind string, args []string) {
	lines := bufio.NewReader(os.Stdin)
	batches := 0
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var a asked
		if err := json.Unmarshal(line, &a); err != nil {
			panic(err)
		}
		if a.Type == "hello" {
			hello(kind)
			continue
		}
		batches++
		misbehave(kind, args, &a, batches)
	}
}

func hello(kind string) {
	switch kind {
	case "silent-start":
		time.Sleep(time.Hour)
	case "dies-at-start":
		fmt.Fprintln(os.Stderr, "Traceback: no module named torch")
		os.Exit(3)
	case "other-version":
		say(`{"ready":{"protocol":2,"name":"future","mode":"select"}}`)
	case "nameless":
		say(`{"ready":{"protocol":1,"mode":"select"}}`)
	case "scorer":
		say(`{"ready":{"protocol":1,"name":"x","mode":"score"}}`)
	case "stranger":
		say(`{"ready":{"protocol":1,"name":"x","mode":"select","models":["smal"]}}`)
	default:
		say(`{"n":0,"ready":{"protocol":1,"name":"hostile","mode":"select","batch":4,"unheard-of":{"x":[1]}}}`)
	}
}

func picks(a *asked, format string) string {
	var out []string
	for i, q := range a.Queries {
		id, _ := json.Marshal(q.ID)
		out = append(out, fmt.Sprintf(format, id, i))
	}
	return fmt.Sprintf(`{"n":%d,"picks":[%s]}`, a.N, strings.Join(out, ","))
}

const well = `{"id":%[1]s,"model":"small","signal":%[2]d,"cost_usd":0,"latency_ms":1.5,"extra":true}`

func misbehave(kind string, args []string, a *asked, batches int) {
	good := picks(a, well)
	first := batches == 1
	switch kind {
	case "garbage":
		say("Loading checkpoint shards: 100%%")
	case "huge":
		say(`{"n":%d,"picks":[{"id":"a","reason":"%s"}]}`, a.N, strings.Repeat("x", 5<<20))
	case "silent":
		time.Sleep(time.Hour)
	case "partial":
		os.Stdout.WriteString(good[:len(good)-3])
		os.Exit(0)
	case "exits-0":
		os.Exit(0)
	case "crashes":
		fmt.Fprintln(os.Stderr, "CUDA out of memory")
		os.Exit(7)
	case "crashes-once": // the first process of two; the mark tells which it is
		if _, err := os.Stat(args[0]); err != nil {
			os.WriteFile(args[0], nil, 0o600)
			os.Exit(7)
		}
		say("%s", good)
	case "other-number":
		say(`{"n":%d,"picks":[]}`, a.N+1000)
	case "answers-twice":
		say("%s", good)
		say("%s", good)
		time.Sleep(50 * time.Millisecond)
	case "closes-stdin":
		if first {
			say("%s", good)
		}
		os.Stdin.Close()
		time.Sleep(time.Hour)
	case "floods-stderr":
		os.Stderr.WriteString(strings.Repeat(strings.Repeat("noise ", 100)+"\n", 20000))
		say("%s", good)
	case "leaves-a-child":
		child := exec.Command("sleep", "3600")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if child.Start() == nil {
			os.WriteFile(args[0], []byte(strconv.Itoa(child.Process.Pid)), 0o600)
		}
		say("%s", good)
	case "ignores-the-end":
		say("%s", good)
		time.Sleep(time.Hour)
	default:
		say("%s", strings.ReplaceAll(rowMistakes(kind, a, good), "\n", ""))
	}
}

// rowMistakes are replies that are attributed, with something wrong in them.
func rowMistakes(kind string, a *asked, good string) string {
	switch kind {
	case "unknown-model":
		return strings.Replace(good, `"small"`, `"smal"`, 1)
	case "nan":
		return strings.Replace(good, `"signal":0`, `"signal":NaN`, 1)
	case "wrong-type":
		return strings.Replace(good, `"model":"small"`, `"model":["small"]`, 1)
	case "negative-cost":
		return strings.Replace(good, `"cost_usd":0`, `"cost_usd":-1`, 1)
	case "missing":
		return fmt.Sprintf(`{"n":%d,"picks":[%s]}`, a.N, strings.SplitN(good[strings.Index(good, "[")+1:], "},{", 2)[0]+"}")
	case "twice":
		return strings.Replace(good, `[`, `[{"id":"a","model":"large"},`, 1)
	case "other-id":
		return strings.Replace(good, `"id":"a"`, `"id":"A"`, 1)
	case "no-list":
		return fmt.Sprintf(`{"n":%d,"picks":{"a":1}}`, a.N)
	case "own-error":
		return fmt.Sprintf(`{"n":%d,"error":"the index is not built"}`, a.N)
	}
	return good
}

func dial(t testing.TB, limits wire.Limits, kind string, args ...string) (*wire.Client, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	open := func(context.Context) (wire.Conn, error) {
		return pipe.Start(pipe.Command{Argv: append([]string{self, "router", kind}, args...), Env: os.Environ()})
	}
	return wire.Dial(t.Context(), open, wire.Hello{Purpose: wire.ForPolicy, Models: []waymark.ModelID{"small", "large"}, Seed: 1}, limits)
}

var quick = wire.Limits{Start: 5 * time.Second, Answer: 2 * time.Second, Restarts: 1}

func abc() *waymark.Queries {
	return &waymark.Queries{IDs: []string{"a", "b", "c"}, Features: map[string]waymark.Column{}}
}

// Whatever a router does, its rows are complete or failed with a reason that helps, and
// nothing hangs or stays behind.
func TestHostileRouters(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	cases := []struct {
		kind   string
		failed int    // of the three queries
		why    string // in the first failure
		limits wire.Limits
	}{
		{kind: "good"},
		{kind: "floods-stderr"},
		{kind: "crashes-once"},
		{kind: "ignores-the-end"},
		{kind: "garbage", failed: 3, why: `not a JSON object: "Loading checkpoint`},
		{kind: "huge", failed: 3, why: "more than 4194304 bytes"},
		{kind: "silent", failed: 3, why: "within 300ms (timeout_ms)", limits: wire.Limits{Start: 5 * time.Second, Answer: 300 * time.Millisecond, Restarts: 1}},
		{kind: "partial", failed: 3, why: "broke off within a line (exit status 0)"},
		{kind: "exits-0", failed: 3, why: "closed its output (exit status 0)"},
		{kind: "crashes", failed: 3, why: `(exit status 7); its last words on stderr: "CUDA out of memory"`},
		{kind: "other-number", failed: 3, why: "which was not asked or is answered already"},
		{kind: "unknown-model", failed: 1, why: `found model "smal", expected one of the pool's 2; did you mean "small"?`},
		{kind: "nan", failed: 1, why: `found signal: "\"NaN\"", expected a finite number`},
		{kind: "wrong-type", failed: 1, why: "expected the name of a model"},
		{kind: "negative-cost", failed: 1, why: "expected a number of at least 0"},
		{kind: "missing", failed: 2, why: "has no answer to it"},
		{kind: "twice", failed: 1, why: "answered it 2 times"},
		{kind: "other-id", failed: 1, why: `it answered "A", which was not asked; did you mean "a"?`},
		{kind: "no-list", failed: 3, why: "no list picks"},
		{kind: "own-error", failed: 3, why: "the router reports: the index is not built"},
	}
	for _, c := range cases {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			if c.limits == (wire.Limits{}) {
				c.limits = quick
			}
			client, err := dial(t, c.limits, c.kind, mark)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			said, _, err := client.Decide(t.Context(), abc())
			if err != nil {
				t.Fatal(err)
			}
			failed, why := 0, ""
			for _, s := range said {
				if s.Err != "" {
					if failed++; why == "" {
						why = s.Err
					}
				} else if s.Model != "small" || !s.Spent.Cost.Known || s.Spent.Latency != 1500*time.Microsecond {
					t.Errorf("said %+v", s)
				}
			}
			if failed != c.failed || !strings.Contains(why, c.why) {
				t.Errorf("%d failed, the first because %q; want %d because %q", failed, why, c.failed, c.why)
			}
		})
	}
}

// A second reply to a question ends the conversation: it may have been meant for another.
func TestASecondReplyBreaksOff(t *testing.T) {
	client, err := dial(t, quick, "answers-twice")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 2 {
		if _, _, err := client.Decide(t.Context(), abc()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	said, _, err := client.Decide(t.Context(), abc())
	if err != nil || !strings.Contains(said[0].Err, "answered already") || !strings.Contains(said[0].Err, "begun anew 1 times already") {
		t.Errorf("said %+v, %v", said[0], err)
	}
}

func TestClosedStdinIsToldApart(t *testing.T) {
	client, err := dial(t, wire.Limits{Start: 5 * time.Second, Answer: 3 * time.Second}, "closes-stdin")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if said, _, _ := client.Decide(t.Context(), abc()); said[0].Err != "" {
		t.Fatal(said[0].Err)
	}
	time.Sleep(50 * time.Millisecond)
	if said, _, _ := client.Decide(t.Context(), abc()); !strings.Contains(said[0].Err, "closed its input") {
		t.Errorf("said %q", said[0].Err)
	}
}

func TestHandshakesThatFail(t *testing.T) {
	for kind, want := range map[string]string{
		"silent-start":  "did not answer hello within 300ms (startup_timeout_ms)",
		"dies-at-start": `(exit status 3); its last words on stderr: "Traceback: no module named torch"`,
		"other-version": `the router speaks protocol "2", this Waymark speaks protocol 1`,
		"nameless":      "did not give its name",
		"scorer":        `the router's mode is "score", expected select or trial for a policy`,
		"stranger":      `found model "smal", expected one of the pool's 2; did you mean "small"?`,
	} {
		limits := quick
		if kind == "silent-start" {
			limits.Start = 300 * time.Millisecond
		}
		if _, err := dial(t, limits, kind); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", kind, err, want)
		}
	}
	open := func(context.Context) (wire.Conn, error) {
		return pipe.Start(pipe.Command{Argv: []string{"no-such-router"}})
	}
	if _, err := wire.Dial(t.Context(), open, wire.Hello{}, quick); err == nil || !strings.Contains(err.Error(), "no-such-router") {
		t.Errorf("a program that is not there: %v", err)
	}
}

// What a router started ends with it, even where it holds the router's pipes open.
func TestNothingStaysBehind(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	client, err := dial(t, quick, "leaves-a-child", pidFile)
	if err != nil {
		t.Fatal(err)
	}
	if said, _, _ := client.Decide(t.Context(), abc()); said[0].Err != "" {
		t.Fatal(said[0].Err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	pid, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		out, _ := exec.Command("ps", "-o", "stat=", "-p", string(pid)).Output()
		if state := strings.TrimSpace(string(out)); state == "" || strings.HasPrefix(state, "Z") { // init reaps orphans in its own time
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("process %s, which the router started, is still there", pid)
}

// A canceled question ends with the error of its context, and soon.
func TestCancel(t *testing.T) {
	client, err := dial(t, wire.Limits{Start: 5 * time.Second, Answer: time.Hour, Restarts: 1}, "silent")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := client.Decide(ctx, abc()); err == nil {
		t.Error("no error")
	}
}

func benchmark(b *testing.B, batch int) {
	client, err := dial(b, quick, "good")
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	qs := &waymark.Queries{Features: map[string]waymark.Column{}}
	for i := range batch {
		qs.IDs = append(qs.IDs, fmt.Sprint("task-", i))
	}
	qs.Messages = func(int) []waymark.Message {
		return []waymark.Message{{Role: "user", Content: strings.Repeat("word ", 40)}}
	}
	for b.Loop() {
		if _, _, err := client.Decide(b.Context(), qs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "decisions/s")
}

func BenchmarkSelect1(b *testing.B)  { benchmark(b, 1) }
func BenchmarkSelect64(b *testing.B) { benchmark(b, 64) }

// BenchmarkEcho is the floor: lines that come back as they are.
func BenchmarkEcho(b *testing.B) {
	p, err := pipe.Start(pipe.Command{Argv: []string{"cat"}, Env: os.Environ()})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	text := strings.Repeat("word ", 40)
	n := int64(0)
	for b.Loop() {
		n++
		if _, err := p.Exchange(b.Context(), n, fmt.Appendf(nil, "{\"n\":%d,\"text\":%q}\n", n, text)); err != nil {
			b.Fatal(err)
		}
	}
}
