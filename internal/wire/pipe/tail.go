package pipe

import (
	"strings"
	"sync"

	"waymark/internal/secret"
)

// kept is how much of stderr is remembered.
const kept = 2048

// A tail is the end of what is written to it.
type tail struct {
	hide *secret.Values

	mu   sync.Mutex
	text []byte
	over bool // something before it is forgotten
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, room := len(b), kept+t.hide.Longest()
	t.over = t.over || len(t.text)+n > room
	b = b[max(0, n-room):]
	if over := len(t.text) + len(b) - room; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	t.text = append(t.text, b...)
	return n, nil
}

// String is the last lines, at most three, without secrets: one whose beginning is
// forgotten, or whose end never came, is not told either.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := t.hide.MaskCut(string(t.text))
	if t.over {
		said = said[min(len(said), t.hide.Longest()):]
	}
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(said, "\uFFFD")), "\n")
	text := []rune(strings.Join(lines[max(0, len(lines)-3):], " | "))
	return string(text[max(0, len(text)-300):])
}
