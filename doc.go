// Package waymark is the vocabulary of Waymark, which tells what a routing
// policy will do to quality, cost and latency before it is deployed.
//
// A [Task] is a question and the means to judge an answer to it. A [Query] is
// the part of a task that a router may see. A [Policy] answers a query by way
// of a [Trial], which lends it the means to call models and meters every
// [Call]. A [Source] is where the responses come from: a recording or an
// endpoint. A [Grader] says what an [Answer] is worth.
//
// Most routers pick one model from a query's features alone. Such a policy is
// a [Selector], which decides for a whole batch of [Queries] at once, and
// [OneShot] makes it a Policy. A policy governed by one number is a [Sweeper]:
// along that number, its [Knob], each task's decision is a step function, and
// the exact curve over every knob follows from the steps.
//
// The package does no I/O and imports only the standard library.
package waymark
