package pipe

import (
	"strings"
	"sync"
)

// kept is how much of stderr is remembered.
const kept = 2048

// A tail is the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(b)
	b = b[max(0, n-kept):]
	if over := len(t.text) + len(b) - kept; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	t.text = append(t.text, b...)
	return n, nil
}

// String is the last lines, at most three.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(t.text), "\uFFFD")), "\n")
	text := []rune(strings.Join(lines[max(0, len(lines)-3):], " | "))
	return string(text[max(0, len(text)-300):])
}
