// Package demo makes SYNTHETIC data: labelled tasks, the recorded answers of six
// models that do not exist, and the decisions of two routers that do not either.
// Its truth is known, so that it is a first look at Waymark, a test oracle, and a
// load generator of any size in one.
//
// # What is made
//
// Task i is a function of the seed and i alone. It belongs to one of six
// categories and to one of six or seven families in it: templates with parameters,
// whose reference answers the generator computes. Tasks come in sessions of one to
// four, which share a tenant and a channel, part of their difficulty and often a
// category; a session of several tasks is a group. Some tasks have subtasks.
//
// The shares are: writing 14 %, coding 15 %, analysis 15 %, extraction 15 %,
// reasoning 9 %, routine 32 %.
//
// # Who is right
//
// A task has a latent difficulty d in logits: the sum of a session's part, of
// standard deviation 0.5, and its own, of standard deviation 1.8. Both are sums of
// four uniform numbers. Model m answers a task of category c rightly with probability
//
//	P = 1 / (1 + exp(d - skill[m][c]))
//
// independently of the other models, given d. [Generator.Quality] gives it.
//
// The prompt shows what d is, with noise. A level from 1 to 5 is cut from
// 0.9 d' + 0.44 e, where d' is d over 1.8 and e is chance; it sets how many steps,
// rows, conditions and digits the prompt has, whether it warns the reader, and so
// how long it is. Counting those tells tasks on which Weak is wrong and Strong is
// right from the others with an area under the ROC curve of about 0.66 (by prompt
// length alone 0.64); the recorded router [NightOwl] reaches 0.78; P itself, known
// to nobody, 0.86.
//
// # What they answer
//
// An answer is text in the model's own manner, which the graders of
// waymark/evaluators judge. A right one holds the reference where the task's grader
// looks for it. A wrong one is a near miss (42 %), another field or step (26 %), a
// wrong unit, order or format (14 %), a refusal (5 %), cut off (7 %) or hedges (6 %);
// it never holds the reference there. Each is put in one of three ways.
//
// # What they cost
//
// Tokens are counted as one for every four bytes begun. Prices are in US dollars per
// million tokens of input and output and typical of the class that a model stands
// for; they belong to nobody. The reasoner also spends reasoning tokens, which grow
// with level and difficulty, are billed as output and are not shown.
//
//	model            input  output  tokens/s  skill: writing coding analysis extraction reasoning routine
//	pebble-1b         0.02    0.04       300            -0.4   -2.4     -2.6        0.2      -2.8     2.2
//	brook-8b          0.06    0.18       180             0.9   -1.0     -1.3        2.4      -1.6     3.4
//	cedar-32b         0.30    0.90        90             1.4    2.9      0.4        1.8       0.3     3.6
//	heron-70b         0.90    0.90        45             1.5    0.3      0.1        1.4      -0.3     3.0
//	summit-large      2.50   10.00        70             3.4    2.8      2.6        2.8       2.0     4.4
//	summit-reasoner   2.50   10.00        80             2.8    3.5      3.6        2.7       3.6     4.2
//
// All of them but heron-70b, which cedar-32b dominates, are on the frontier of
// constants. No model is the best in every category, so that a table of the six
// categories beats the constants.
package demo
