package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"time"

	"waymark"
)

// A RunSpec is everything that is known of a run before it starts: what is
// needed to repeat it, and the names that its rows point at.
type RunSpec struct {
	Started   time.Time // zero: now
	SuitePath string    // as given
	SuiteText string
	Prices    string // text of the price book, or "recorded"
	Seed      uint64
	Jobs      int
	Version   string
	Commit    string
	Machine   string
	Command   string
	Digest    string // of all that decides what the run finds; a resumed run must agree with it

	Dataset  waymark.Info
	Tasks    Tasks
	Models   []waymark.ModelID // the pool
	Policies []Policy
}

// Tasks are the tasks of a run, in the order of the dataset. A task's position
// here is its number in everything that is appended.
type Tasks struct {
	IDs        []string
	Categories []string        // "" where a task has none; nil if none has
	Splits     []waymark.Split // nil: all of them SplitAll
	Weights    []float64       // of sampling; nil: all of them 1
	Units      []string        // the group of each task, "" where it is its own; nil if none has one
	Contents   []uint64        // a digest of what each task asks and is judged by, 0 where not known; nil if none is
}

// A Policy is a policy of a run.
type Policy struct {
	Name    string
	Type    string
	Knob    []float64       // empty for a policy without one, or swept over all of them
	Config  json.RawMessage // as in the suite
	Arms    []waymark.ModelID
	Reasons []string
	Repeats int // passes over the tasks, at least 1
}

// check refuses what would be half a run.
func (s *RunSpec) check() error {
	n := len(s.Tasks.IDs)
	if c := len(s.Tasks.Categories); c != 0 && c != n {
		return fmt.Errorf("%d tasks have %d categories", n, c)
	}
	if c := len(s.Tasks.Splits); c != 0 && c != n {
		return fmt.Errorf("%d tasks have %d splits", n, c)
	}
	if c := len(s.Tasks.Weights); c != 0 && c != n {
		return fmt.Errorf("%d tasks have %d weights", n, c)
	}
	if c := len(s.Tasks.Units); c != 0 && c != n {
		return fmt.Errorf("%d tasks have %d units", n, c)
	}
	if c := len(s.Tasks.Contents); c != 0 && c != n {
		return fmt.Errorf("%d tasks have %d contents", n, c)
	}
	for _, p := range s.Policies {
		if p.Repeats < 1 {
			return fmt.Errorf("policy %s has %d repeats, want 1 or more", p.Name, p.Repeats)
		}
	}
	return nil
}

// identity is the digest of a dataset as the run sees it: its own digest says
// what was in the files, but not which tasks a filter left nor how it was
// labelled.
func (s *RunSpec) identity() ([]byte, error) {
	h := sha256.New()
	info, err := json.Marshal(s.Dataset)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", s.Dataset.Name, err)
	}
	digestText(h, string(info))
	for _, id := range s.Tasks.IDs {
		digestText(h, id)
	}
	for _, c := range s.Tasks.Categories {
		digestText(h, c)
	}
	for _, u := range s.Tasks.Units {
		digestText(h, u)
	}
	for _, w := range s.Tasks.Weights {
		digestText(h, fmt.Sprint(w))
	}
	binary.Write(h, binary.LittleEndian, s.Tasks.Contents)
	return h.Sum(nil), nil
}

func digestText(h hash.Hash, s string) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}
