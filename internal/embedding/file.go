package embedding

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"waymark/internal/learn"
)

// A file holds what one endpoint told, one text a line: a CRC-32 of the rest in
// hexadecimal, a space, and JSON. It is only ever appended to, in one write a call
// that begins with the end of a line, so that processes may share it and a write that
// was torn spoils itself alone. A line that does not add up is skipped: its text is
// asked for again.
type file struct {
	path string
	end  *Endpoint
}

type line struct {
	Endpoint string        `json:"endpoint,omitempty"` // of the first line alone: what the file is of
	Text     string        `json:"text,omitempty"`     // SHA-256
	Vector   learn.Floats  `json:"vector,omitempty"`
	Tokens   *float64      `json:"tokens,omitempty"`
	Latency  time.Duration `json:"latency_ns,omitempty"`
}

const longestLine = 1 << 20 // bytes; a vector of MostDimensions takes a third

var notPlain = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// newFile is the file of an endpoint: named for its model, and by the digest of host,
// path, model and dimensions.
func newFile(folder string, end *Endpoint) *file {
	id := sha256.Sum256(fmt.Appendf(nil, "%q %q %d", end.place(), end.Model, end.Dimensions))
	name := notPlain.ReplaceAllString(end.Model, "-")
	return &file{filepath.Join(folder, fmt.Sprintf("%.60s-%x.jsonl", name, id[:12])), end}
}

// load gives every text that the file holds.
func (f *file) load(keep func(digest, Found) error) error {
	r, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 1<<16), longestLine)
	for scan.Scan() {
		l, ok := readLine(scan.Bytes())
		if !ok {
			continue
		}
		if l.Endpoint != "" && l.Endpoint != f.end.String() {
			return fmt.Errorf("%s: found embeddings of %s, expected those of %s", f.path, l.Endpoint, f.end)
		}
		if key, found, ok := l.found(); ok {
			if err := keep(key, found); err != nil {
				return fmt.Errorf("%s: %w", f.path, err)
			}
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return nil
}

// readLine reports whether a line is whole.
func readLine(text []byte) (l line, ok bool) {
	sum, rest, ok := bytes.Cut(text, []byte(" "))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(rest)) {
		return l, false
	}
	return l, json.Unmarshal(rest, &l) == nil
}

func (l *line) found() (key digest, f Found, ok bool) {
	b, err := hex.DecodeString(l.Text)
	if err != nil || len(b) != len(key) || len(l.Vector) == 0 || len(l.Vector) > MostDimensions {
		return key, f, false
	}
	for _, x := range l.Vector {
		if x-x != 0 { // not finite
			return key, f, false
		}
	}
	f = Found{Vector: l.Vector, Tokens: math.NaN(), Latency: l.Latency}
	if l.Tokens != nil {
		f.Tokens = *l.Tokens
	}
	return digest(b), f, true
}

// add appends what was found about some texts, and returns when it is on the disk.
func (f *file) add(texts []string, found []Found) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	w, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer w.Close()
	st, err := w.Stat()
	if err != nil {
		return err
	}
	out := []byte("\n")
	if st.Size() == 0 {
		out = appendLine(nil, line{Endpoint: f.end.String()})
	}
	for i, t := range texts {
		l := line{Text: fmt.Sprintf("%x", sha256.Sum256([]byte(t))), Vector: found[i].Vector, Latency: found[i].Latency}
		if !math.IsNaN(found[i].Tokens) {
			l.Tokens = &found[i].Tokens
		}
		out = appendLine(out, l)
	}
	if _, err := w.Write(out); err != nil {
		return err
	}
	return w.Sync()
}

func appendLine(to []byte, l line) []byte {
	text, err := json.Marshal(l)
	if err != nil {
		panic("embedding: a line does not marshal: " + err.Error()) // numbers and text: cannot happen
	}
	to = fmt.Appendf(to, "%08x ", crc32.ChecksumIEEE(text))
	return append(append(to, text...), '\n')
}
