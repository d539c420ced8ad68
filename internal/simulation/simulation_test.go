package simulation

import (
	"os"
	"path/filepath"
	"testing"
)

// A cell that is done is not done again, and a line that was cut off is.
func TestCells(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	runs := 0
	once := func() int { runs++; return 7 }
	for range 2 {
		c, err := Open[int]("x")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := c.Do("a", once); v != 7 || err != nil {
			t.Fatal(v, err)
		}
	}
	if runs != 1 {
		t.Fatalf("ran %d times", runs)
	}
	path := filepath.Join(os.Getenv("TMPDIR"), "waymark-simulate-x.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text[:len(text)-4], 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Open[int]("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do("a", once); err != nil || runs != 2 {
		t.Errorf("a line cut off: %v, ran %d times", err, runs)
	}
}

func TestWrite(t *testing.T) {
	page := filepath.Join(t.TempDir(), "p.md")
	if err := os.WriteFile(page, []byte("a\n<!-- simulated x: make simulate -->\nold\n<!-- end x -->\nb\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the same again changes nothing
		if err := Write(page, "x", "| new |\n"); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := os.ReadFile(page)
	if want := "a\n<!-- simulated x: make simulate -->\n\n| new |\n\n<!-- end x -->\nb\n"; string(got) != want {
		t.Errorf("%q", got)
	}
	if Write(page, "y", "") == nil {
		t.Error("a page without the marks is written")
	}
}
