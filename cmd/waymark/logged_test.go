package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The example of docs/off-policy.md is what the command prints.
func TestOffPolicyExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/off-policy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "$ waymark demo --logged -o log-out\n")
	example, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("docs/off-policy.md has no example")
	}
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--logged", "-o", filepath.Join(dir, "log-out"), "--db", filepath.Join(dir, "r.db")}, nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	printed := map[string]bool{}
	for line := range strings.Lines(stdout.String()) {
		printed[strings.TrimRight(line, " \n")] = true
	}
	n := 0
	for line := range strings.Lines(example) {
		if line = strings.TrimRight(line, " \n"); line != "" && !printed[line] {
			t.Errorf("the example holds a line that is not printed:\n%s", line)
		}
		n++
	}
	if n < 20 {
		t.Errorf("the example has %d lines", n)
	}
}
