// Package synthetic generates SYNTHETIC data: labelled tasks, the recorded answers of
// six models that do not exist, and the decisions of two routers. Its truth is
// known, so that it serves as a first look, as a test oracle, and as a load
// generator of any size.
//
// Task i is a function of the seed and i alone. It has a latent difficulty d, drawn
// from a standard normal distribution, and belongs to one of six categories. The
// task is built from more steps, rows or constraints the higher d is, with noise: that is
// the trace that a router can learn from. A model with skill s in the category
// answers rightly with probability
//
//	P = 0.02 + 0.97 / (1 + exp(-1.6 (s - d)))
//
// independently of other models, given d. Answers are text in the model's own
// style, which the ordinary graders judge. Costs follow from characters (four to a
// token) and the prices in Pool; they are typical of the model's class and belong to nobody.
package synthetic
