// Package store keeps runs in a file, results.db: what was run, what every
// policy decided about every task and why, what it was worth and what it cost,
// and the grades that need not be worked out twice. docs/store.md is the map of
// its tables, for people who open it with sqlite3.
//
// A [DB] may be used by several goroutines and the file by several processes.
// Each write is one transaction, which is on disk when the method returns: what
// was reported as done survives a killed process and a power cut. Decisions are
// written by the chunk, and a chunk is there whole or not at all, so that a
// resumed run knows exactly what is left to do.
//
// Scores are kept in [0,1]. Costs are picodollars, latencies nanoseconds; what
// is not known is NULL and never 0.
package store
