// Package testdata finds the recorded evaluations that tests read in place. They
// lie beside the repository, in ../shared, and are never committed.
package testdata

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared is the path of a file or folder of ../shared. Where it is absent the
// test is skipped, or fails if WAYMARK_REQUIRE is "all".
func Shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(root(t), "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(t, "../shared/"+name+" (recorded evaluations, beside the repository)")
	}
	return path
}

// Missing skips a test for want of something, or fails it if WAYMARK_REQUIRE is "all".
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("WAYMARK_REQUIRE") == "all" {
		t.Fatalf("this test needs %s, and WAYMARK_REQUIRE=all", what)
	}
	t.Skipf("this test needs %s", what)
}

func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("testdata: no go.mod above the working directory")
		}
		dir = up
	}
}
