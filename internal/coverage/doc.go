// Package coverage simulates whether intervals cover what they say: tasks are
// drawn from populations whose truth is known, again and again, by fixed seeds. Its tests run a
// reduced form that can still fail; `make simulate` runs all of it and
// writes docs/coverage.md.
package coverage
