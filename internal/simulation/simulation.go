// Package simulation is what the long simulations of `make simulate` share: they are seeded, go on
// where they were interrupted, and put their tables into pages of docs/. Each has a reduced
// form among the tests, which can fail.
package simulation

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Variable is the environment variable that names the folder of the pages. Only `make
// simulate` sets it.
const Variable = "WAYMARK_SIMULATE"

// Page is the path of a page of docs/ that a test is to write into. Without `make
// simulate` the test is skipped.
func Page(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv(Variable)
	if dir == "" {
		t.Skip("make simulate runs it")
	}
	return filepath.Join(dir, name)
}

// Running reports whether the long simulations run, so that their reduced forms need not.
func Running() bool { return os.Getenv(Variable) != "" }

// Cells are the results of a simulation by cell, kept in a file as they are finished.
type Cells[T any] struct {
	path string
	done map[string]T
}

// Open reads the finished cells of a simulation, by its name. They lie in a temporary
// folder: to begin anew, remove the file.
func Open[T any](name string) (*Cells[T], error) {
	c := &Cells[T]{path: filepath.Join(os.TempDir(), "waymark-simulate-"+name+".jsonl"), done: map[string]T{}}
	f, err := os.Open(c.path)
	if os.IsNotExist(err) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var line record[T]
		if json.Unmarshal(lines.Bytes(), &line) == nil { // a line cut off by an interruption is done again
			c.done[line.Key] = line.Value
		}
	}
	return c, lines.Err()
}

type record[T any] struct {
	Key   string
	Value T
}

// Do is the result of a cell: a finished one, or what run gives, which is then kept.
func (c *Cells[T]) Do(key string, run func() T) (T, error) {
	if v, ok := c.done[key]; ok {
		return v, nil
	}
	v := run()
	f, err := os.OpenFile(c.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return v, err
	}
	if err := json.NewEncoder(f).Encode(record[T]{key, v}); err != nil {
		f.Close()
		return v, err
	}
	return v, f.Close()
}

// Write puts text in place of what stands between the marks of a table in a page:
// <!-- simulated NAME: make simulate --> and <!-- end NAME -->.
func Write(page, name, text string) error {
	begin, end := fmt.Sprintf("<!-- simulated %s: make simulate -->\n", name), fmt.Sprintf("<!-- end %s -->\n", name)
	content, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(content), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s: found no %q … %q", page, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(page, []byte(head+begin+"\n"+strings.Trim(text, "\n")+"\n\n"+end+tail), 0o644)
}
