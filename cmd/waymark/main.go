// Command waymark tells what a routing policy will do to quality, cost and
// latency before it is deployed.
package main

import (
	"context"
	"os"
	"runtime/debug"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(60) // a run of 100,000 tasks holds much and makes little waste: less memory for hardly more time
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
