package demo

import _ "embed"

// SuiteYAML is a suite for this data, commented to be learned from. It expects the
// dataset in a folder named data beside it.
//
//go:embed suite.yaml
var SuiteYAML string
