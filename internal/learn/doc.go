// Package learn fits and applies the numerical part of learned routers: text
// features, estimators and calibration. It knows texts and numbers, and neither
// models nor policies. Everything is deterministic, on the CPU, and what is
// predicted for a row depends on that row alone.
package learn
