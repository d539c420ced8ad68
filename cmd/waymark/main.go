// Command waymark tells what a routing policy will do to quality, cost and
// latency before it is deployed.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
