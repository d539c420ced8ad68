package synthetic

import _ "embed"

// Suite is the suite that the demo runs over the data, in a folder beside it
// that is called data.
//
//go:embed suite.yaml
var Suite string
