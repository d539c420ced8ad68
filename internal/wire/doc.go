// Package wire is the protocol that routers in other languages speak: one JSON
// object a line, every line of Waymark answered by one line that carries its
// number. docs/policies/protocol.md tells it for those who write a router.
//
// What a router says is hostile until it is checked. A line that cannot be
// attributed to a question breaks the conversation; a mistake within an
// attributed line is that row's. Nothing that Waymark says carries a reference, a
// grade or a score of a query that the router decides.
package wire

// Version is that of the protocol.
const Version = 1

// The bounds of what a router may say.
const (
	MaxLine  = 4 << 20 // bytes of a line
	MaxBatch = 4096    // queries of a line
	MaxCalls = 64      // calls of a round
	MaxTurns = 64      // rounds of a trial
	MaxText  = 300     // characters of a reason or an error that are kept
)

// The modes of a router.
const (
	Select = "select" // it picks one model for each query
	Trial  = "trial"  // it makes its own calls, query by query
	Score  = "score"  // it rates each query
)

// The purposes that a router is asked for.
const (
	ForPolicy = "policy"
	ForScorer = "scorer"
)
