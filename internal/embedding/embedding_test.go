package embedding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A fake is an endpoint in this process. Its vector of a text is the text's length and its first byte.
type fake struct {
	mu       sync.Mutex
	calls    int
	asked    []string // every text, in the order of arrival
	auth     string
	override func(call int, w http.ResponseWriter, texts []string) bool // true if it replied
}

type request struct {
	Model      string
	Input      []string
	Dimensions int
}

func vectorOf(text string) []float64 {
	v := []float64{float64(len(text)), 0.1}
	if text != "" {
		v[1] = float64(text[0])
	}
	return v
}

// body is a right reply, the last text first.
func body(texts []string, tokens float64) []byte {
	var data []any
	for i := range texts {
		k := len(texts) - 1 - i
		data = append(data, map[string]any{"index": k, "object": "embedding", "embedding": vectorOf(texts[k])})
	}
	text, _ := json.Marshal(map[string]any{"data": data, "usage": map[string]any{"prompt_tokens": tokens, "total_tokens": tokens}})
	return text
}

// count is the calls so far.
func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req request
	text, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(text, &req); err != nil || r.URL.Path != "/v1/embeddings" || req.Model != "tiny" {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	f.mu.Lock()
	f.calls++
	call := f.calls
	f.asked = append(f.asked, req.Input...)
	f.auth = r.Header.Get("Authorization")
	f.mu.Unlock()
	if f.override != nil && f.override(call, w, req.Input) {
		return
	}
	w.Write(body(req.Input, 10))
}

func serve(t *testing.T, override func(int, http.ResponseWriter, []string) bool) (*fake, Endpoint) {
	f := &fake{override: override}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	return f, Endpoint{BaseURL: srv.URL + "/v1", Model: "tiny", Batch: 3, Concurrency: 4, Timeout: 200 * time.Millisecond, Tries: 4, Pause: time.Millisecond}
}

func open(t *testing.T, end Endpoint, folder string) *Store {
	t.Helper()
	s, err := Open(end, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

var texts = []string{"a", "bbbb", "cc", "dd", "a", "", "eeeee", "ffffff", "g g", "hhh"}

func right(t *testing.T, s *Store, texts []string) {
	t.Helper()
	for _, text := range texts {
		f, ok := s.Get(text)
		want := vectorOf(text)
		if !ok || len(f.Vector) != 2 || f.Vector[0] != float32(want[0]) || f.Vector[1] != float32(want[1]) {
			t.Errorf("%q: %v %v, want %v", text, f.Vector, ok, want)
		}
	}
}

// Replies in another order reach the texts that they are of; each text is asked for
// once; the tokens of the texts of a call sum to what the call counted.
func TestFill(t *testing.T) {
	f, end := serve(t, nil)
	s := open(t, end, "")
	if err := s.Fill(t.Context(), texts); err != nil {
		t.Fatal(err)
	}
	right(t, s, texts)
	if f.count() != 3 || len(f.asked) != 9 {
		t.Errorf("%d calls for %d texts, want 3 for 9", f.count(), len(f.asked))
	}
	sum := 0.0
	for _, text := range f.asked {
		got, _ := s.Get(text)
		sum += got.Tokens
		if got.Latency <= 0 {
			t.Errorf("%q took %v", text, got.Latency)
		}
	}
	if math.Abs(sum-30) > 1e-9 {
		t.Errorf("%g tokens in 3 calls of 10", sum)
	}
	if err := s.Fill(t.Context(), texts[2:]); err != nil || f.count() != 3 {
		t.Errorf("known texts: %v, %d calls", err, f.count())
	}
}

// A store that is opened anew has all of it, whatever else became of the file: a torn
// last line, a line of noise, a second process.
func TestFileIsReadAgain(t *testing.T) {
	f, end := serve(t, nil)
	folder := t.TempDir()
	if err := open(t, end, folder).Fill(t.Context(), texts[:5]); err != nil {
		t.Fatal(err)
	}
	path := only(t, folder)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := f.count()
	s := open(t, end, folder)
	if err := s.Fill(t.Context(), texts[:5]); err != nil || f.count() != before {
		t.Fatalf("%v, %d calls more", err, f.count()-before)
	}
	right(t, s, texts[:5])
	first, _ := s.Get("bbbb")
	if first.Tokens <= 0 || first.Latency <= 0 {
		t.Errorf("tokens and latency are lost: %+v", first)
	}
	for cut := len(whole) - 1; cut > len(whole)-300; cut -= 23 { // torn within the last lines
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		torn := open(t, end, folder)
		if err := torn.Fill(t.Context(), texts); err != nil {
			t.Fatal(err)
		}
		right(t, torn, texts)
		again := open(t, end, folder)
		right(t, again, texts)
	}
	changed := bytes.Replace(whole, []byte(`"tokens":`), []byte(`"tokens":9`), 1)
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	if n := len(open(t, end, folder).found); n != 3 {
		t.Errorf("%d texts of 4 after one line was changed, want 3", n)
	}
}

func only(t *testing.T, folder string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%v %v, want one file", paths, err)
	}
	return paths[0]
}

// Several stores append to one file side by side, as processes do.
func TestSharedFile(t *testing.T) {
	_, end := serve(t, nil)
	folder := t.TempDir()
	var wg sync.WaitGroup
	var all []string
	for i := range 8 {
		var mine []string
		for k := range 20 {
			mine = append(mine, fmt.Sprintf("text %d of %d", k, i))
		}
		all = append(all, mine...)
		wg.Go(func() {
			if s, err := Open(end, folder); err != nil {
				t.Error(err)
			} else if err := s.Fill(context.Background(), mine); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	right(t, open(t, end, folder), all)
}

// Endpoints, models and dimensions do not share a file; the scheme and a slash are no difference.
func TestFileIsOfOneEndpoint(t *testing.T) {
	end := Endpoint{BaseURL: "http://host/v1", Model: "a/b", Dimensions: 2}
	paths := map[string]bool{}
	for _, change := range []func(*Endpoint){func(*Endpoint) {}, func(e *Endpoint) { e.Model = "a-b" }, func(e *Endpoint) { e.Dimensions = 3 }, func(e *Endpoint) { e.BaseURL = "http://host/v2" }} {
		e := end
		change(&e)
		paths[newFile("x", &e).path] = true
	}
	same := end
	same.BaseURL = "https://host/v1/"
	if len(paths) != 4 || !paths[newFile("x", &same).path] {
		t.Errorf("files: %v", paths)
	}
}

// What can be mended by another try is tried again.
func TestTriesAgain(t *testing.T) {
	var first, second time.Time
	for name, override := range map[string]func(int, http.ResponseWriter, []string) bool{
		"429 with Retry-After": func(call int, w http.ResponseWriter, _ []string) bool {
			if call == 1 {
				first = time.Now()
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
			} else if call == 2 {
				second = time.Now()
			}
			return call == 1
		},
		"503": func(call int, w http.ResponseWriter, _ []string) bool {
			if call < 4 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return call < 4
		},
		"truncated": func(call int, w http.ResponseWriter, texts []string) bool {
			if call == 1 {
				w.Write(body(texts, 1)[:40])
			}
			return call == 1
		},
		"slow": func(call int, _ http.ResponseWriter, _ []string) bool {
			if call == 1 {
				time.Sleep(300 * time.Millisecond)
			}
			return call == 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, end := serve(t, override)
			s := open(t, end, "")
			if err := s.Fill(t.Context(), texts); err != nil {
				t.Fatal(err)
			}
			right(t, s, texts)
			if got, _ := s.Get("a"); got.Latency >= 200*time.Millisecond {
				t.Errorf("the latency %v has tries in it that failed", got.Latency)
			}
		})
	}
	if d := second.Sub(first); d < time.Second {
		t.Errorf("tried again after %v, want the 1 s that was asked for", d)
	}
}

// What another try cannot mend ends the fill with an error that names the endpoint, says
// what was wrong and holds no key.
func TestFailures(t *testing.T) {
	reply := func(text string) func(int, http.ResponseWriter, []string) bool {
		return func(_ int, w http.ResponseWriter, _ []string) bool { io.WriteString(w, text); return true }
	}
	status := func(code int, header ...string) func(int, http.ResponseWriter, []string) bool {
		return func(_ int, w http.ResponseWriter, _ []string) bool {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			io.WriteString(w, "wrong key: sk-secret")
			return true
		}
	}
	for name, c := range map[string]struct {
		override func(int, http.ResponseWriter, []string) bool
		want     string
		calls    int
	}{
		"wrong dimension":   {reply(`{"data": [{"index": 0, "embedding": [1]}]}`), "found an embedding of 1 dimensions, expected 2", 1},
		"no dimension":      {reply(`{"data": [{"index": 0, "embedding": []}]}`), "of 0 dimensions", 1},
		"null":              {reply(`{"data": [{"index": 0, "embedding": [1, null]}]}`), "found null", 1},
		"too big a number":  {reply(`{"data": [{"index": 0, "embedding": [1, 1e39]}]}`), "found 1e+39", 1},
		"too few":           {reply(`{"data": []}`), "found 0 embeddings in the reply to 1 texts", 1},
		"index twice":       {reply(`{"data": [{"index": 1, "embedding": [1, 2]}]}`), "found index 1 out of range", 1},
		"ten megabytes":     {reply(`{"data": [` + strings.Repeat(" ", 10<<20) + `]}`), "is longer than", 1},
		"unauthorised":      {status(401), "401 Unauthorized", 1},
		"moved":             {status(302, "Location", "http://127.0.0.1:1/"), "302 Found", 1},
		"always busy":       {status(429), "429 Too Many Requests", 4},
		"always truncated":  {reply(`{"data": [`), "not as expected", 4},
		"asks for an hour":  {status(503, "Retry-After", "3600"), "asks to wait 1h0m0s", 1},
		"slow all the time": {func(int, http.ResponseWriter, []string) bool { time.Sleep(30 * time.Millisecond); return false }, "deadline exceeded", 4},
	} {
		t.Run(name, func(t *testing.T) {
			f, end := serve(t, c.override)
			end.Dimensions = 2
			end.Key = func() (string, error) { return "sk-secret", nil }
			if strings.HasPrefix(name, "slow") {
				end.Timeout = 10 * time.Millisecond
			}
			s := open(t, end, t.TempDir())
			err := s.Fill(t.Context(), texts[:1])
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "tiny at 127.0.0.1") {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the key is in the error: %v", err)
			}
			if f.count() != c.calls || f.auth != "Bearer sk-secret" {
				t.Errorf("%d calls with %q, want %d with the key", f.count(), f.auth, c.calls)
			}
			if _, ok := s.Get("a"); ok {
				t.Error("something is known of the text")
			}
		})
	}
}

// A text that the endpoint refuses stands alone in that; an endpoint that refuses all is at fault itself.
func TestRefusedTexts(t *testing.T) {
	refuse := func(which func(string) bool) func(int, http.ResponseWriter, []string) bool {
		return func(_ int, w http.ResponseWriter, texts []string) bool {
			for _, text := range texts {
				if which(text) {
					http.Error(w, "too long", http.StatusBadRequest)
					return true
				}
			}
			return false
		}
	}
	_, end := serve(t, refuse(func(s string) bool { return s == "cc" || s == "hhh" }))
	folder := t.TempDir()
	s := open(t, end, folder)
	if err := s.Fill(t.Context(), texts); err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		f, ok := s.Get(text)
		if bad := text == "cc" || text == "hhh"; !ok || bad != (f.Vector == nil) || bad != strings.Contains(f.Refused, "too long") {
			t.Errorf("%q: %+v", text, f)
		}
	}
	if n := len(open(t, end, folder).found); n != 7 {
		t.Errorf("%d texts are kept, want the 7 that have a vector", n)
	}
	many := make([]string, 50)
	for i := range many {
		many[i] = fmt.Sprint("text ", i)
	}
	f, end := serve(t, refuse(func(string) bool { return true }))
	if err := open(t, end, "").Fill(t.Context(), many); err == nil || !strings.Contains(err.Error(), "400 Bad Request") || f.count() > 40 {
		t.Errorf("%v after %d calls", err, f.count())
	}
}

func TestFillIsCancelled(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	_, end := serve(t, func(int, http.ResponseWriter, []string) bool { stop(enough); return false })
	end.Batch = 1
	if err := open(t, end, "").Fill(ctx, texts); !errors.Is(err, enough) && !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

func TestBaseURL(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://host/v1": true, "http://127.0.0.1:8080": true, "host/v1": false, "ftp://host": false, "": false,
		"https://user:password@host/v1": false, "https://host/v1?key=x": false, "https://host/#x": false, "http://[": false,
	} {
		if err := (&Endpoint{BaseURL: base}).Check(); (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		} else if err != nil && strings.Contains(err.Error(), "password@") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add(body([]string{"a", "b"}, 3))
	f.Add([]byte(`{"data": [{"index": 0, "embedding": [1, null]}, {}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &Store{}
		r, err := s.read(bytes.NewReader(text), 2, nil)
		if err != nil {
			return
		}
		for _, v := range r.vectors {
			if len(v) == 0 {
				t.Fatal("a vector of nothing")
			}
		}
	})
}

func FuzzLine(f *testing.F) {
	f.Add(string(appendLine(nil, line{Text: strings.Repeat("ab", 32), Vector: []float32{1, 2}})))
	f.Fuzz(func(_ *testing.T, text string) {
		if l, ok := readLine([]byte(strings.TrimSpace(text))); ok {
			l.found()
		}
	})
}

// The key is told by no error, wherever what the endpoint says is cut, nor kept as the
// reason of a text that is refused; and an endpoint out of reach is told apart.
func TestKeyIsNotTold(t *testing.T) {
	const key = "sk-SECRETSECRET123"
	for _, before := range []int{0, 290, 295, 4080, 4085, 4090} {
		for _, code := range []int{400, 401, 500} {
			f, end := serve(t, func(_ int, w http.ResponseWriter, _ []string) bool {
				w.WriteHeader(code)
				io.WriteString(w, strings.Repeat(" ", max(0, before-295))+strings.Repeat("x", min(before, 295))+key)
				return true
			})
			end.Key = func() (string, error) { return key, nil }
			s := open(t, end, "")
			told := fmt.Sprint(s.Fill(t.Context(), texts[:1]))
			found, _ := s.Get(texts[0])
			told += found.Refused
			if strings.Contains(told, "sk-S") || !strings.Contains(told, fmt.Sprint(code)) || f.count() == 0 {
				t.Errorf("%d after %d bytes: %s", code, before, told)
			}
			if outage := errors.As(s.Fill(t.Context(), texts[:1]), new(*Outage)); outage != (code == 500) {
				t.Errorf("%d is an outage: %v", code, outage)
			}
		}
	}
	_, end := serve(t, func(_ int, w http.ResponseWriter, _ []string) bool {
		io.WriteString(w, `{"data": [{"index": 0, "embedding": [1, 2], "embedding": [3, 4]}]}`)
		return true
	})
	if err := open(t, end, "").Fill(t.Context(), texts[:1]); err == nil || !strings.Contains(err.Error(), "duplicate") {
		t.Errorf("two embeddings of one text: %v", err)
	}
}
