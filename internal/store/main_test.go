package store

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childVar names the part that a test binary plays which a test has started, so
// that it can be killed, starved of disk space or stripped of its rights.
const childVar = "WAYMARK_STORE_CHILD"

func TestMain(m *testing.M) {
	if part := os.Getenv(childVar); part != "" {
		if err := playChild(part, os.Args[1:]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func playChild(part string, args []string) error {
	switch part {
	case "append":
		return childAppend(args[0])
	case "starve":
		return childStarve(args[0])
	case "open":
		return childOpen(args[0])
	case "read":
		return childRead(args[0])
	}
	return fmt.Errorf("no part %q", part)
}
