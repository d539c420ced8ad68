// Package crossfit makes one policy of several copies that were fitted on
// different tasks, so that every query is decided by a copy that was not fitted on
// it. What is measured on such decisions is out of fold: Stone, Cross-validatory
// choice and assessment of statistical predictions, JRSS B 36 (1974).
package crossfit
