// Package embedding asks an OpenAI-compatible endpoint for the vectors of texts, and
// keeps what it was told in files, so that no text is paid for twice. It knows texts
// and numbers, and neither models of a pool nor money: what a text cost is kept as
// its share of the tokens that the endpoint counted.
package embedding
