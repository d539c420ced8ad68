package testdata

import (
	"fmt"
	"os/exec"
	"testing"
)

// Tool is the path of a program that a test needs. Where it is absent the test is
// skipped, or fails if WAYMARK_REQUIRE is "all".
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, fmt.Sprintf("the program %s", name))
	}
	return path
}
