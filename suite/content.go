package suite

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/evaluators"
)

// Contents are digests of what tasks ask and are judged by: two tasks of one id are the
// same task where these are the same. 0 is not known.
type Contents []uint64

// MarshalJSON writes digests as text, since JSON's numbers do not hold 64 bits.
func (c Contents) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range c {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = strconv.AppendUint(b, x, 16)
		b = append(b, '"')
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Contents) UnmarshalJSON(b []byte) error {
	var text []string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*c = make(Contents, len(text))
	for i, s := range text {
		x, err := strconv.ParseUint(s, 16, 64)
		if err != nil {
			return fmt.Errorf("found content %q, expected hexadecimal digits", s)
		}
		(*c)[i] = x
	}
	return nil
}

// contents are those of all tasks. Graders are taken as they were resolved, with version and
// configuration.
func contents(tasks []waymark.Task, graders []evaluators.Named, workers int) Contents {
	out := make(Contents, len(tasks))
	var work errgroup.Group
	work.SetLimit(workers)
	for first := 0; first < len(tasks); first += gradeChunk {
		work.Go(func() error {
			for i := first; i < min(first+gradeChunk, len(tasks)); i++ {
				out[i] = content(&tasks[i], graders[i].Name())
			}
			return nil
		})
	}
	_ = work.Wait() // nothing of it fails
	return out
}

// content is the start of the SHA-256 of messages, references and grader, those of subtasks
// included. Categories, weights, groups and metadata do not make it another task.
func content(t *waymark.Task, grader string) uint64 {
	h := sha256.New()
	digestTask(h, t)
	digestTexts(h, grader)
	return max(1, binary.LittleEndian.Uint64(h.Sum(nil)))
}

func digestTask(h hash.Hash, t *waymark.Task) {
	for _, m := range t.Messages {
		digestTexts(h, m.Role, m.Content, m.ToolID)
		for _, c := range m.ToolCalls {
			digestTexts(h, c.ID, c.Name, c.Arguments)
		}
		for _, f := range m.Files {
			digestTexts(h, f.Name, f.MediaType, f.Digest)
		}
	}
	digestTexts(h, t.Reference...)
	for i := range t.Subtasks {
		digestTask(h, &t.Subtasks[i])
	}
}

// digestTexts writes texts with their number and lengths first, so that no two lists read alike.
func digestTexts(h hash.Hash, texts ...string) {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(texts)))
	for _, s := range texts {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	h.Write(b)
}
