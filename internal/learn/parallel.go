package learn

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// chunks calls f for [0,n) in chunks of size rows, on all processors. Where chunks
// begin does not depend on how many processors there are, so that sums that are
// kept by chunk do not either.
func chunks(n, size int, f func(chunk, lo, hi int)) {
	count := (n + size - 1) / size
	workers := min(runtime.GOMAXPROCS(0), count)
	if workers <= 1 {
		for c := range count {
			f(c, c*size, min(n, (c+1)*size))
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				c := int(next.Add(1)) - 1
				if c >= count {
					return
				}
				f(c, c*size, min(n, (c+1)*size))
			}
		})
	}
	all.Wait()
}
