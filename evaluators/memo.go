package evaluators

import (
	"crypto/sha256"
	"encoding/binary"

	"waymark"
)

// MemoKey is what a grade of a text is remembered by: the grader with version and
// configuration, the judging fields of the task, and the output.
func MemoKey(g Named, t *waymark.Task, output string) [sha256.Size]byte {
	parts := append([]string{g.Name(), output}, t.Reference...)
	size := 0
	for _, p := range parts {
		size += 8 + len(p)
	}
	b := make([]byte, 0, size)
	for _, p := range parts { // lengths first, so that no two lists of parts read alike
		b = binary.LittleEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

// TakesRecorded reports whether a grader takes the recorded score and reads no text.
func TakesRecorded(g Named) bool {
	one, ok := g.(*grader)
	if !ok {
		return false
	}
	_, ok = one.judge.(recordedJudge)
	return ok
}
