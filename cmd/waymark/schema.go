package main

import (
	"encoding/json"

	"waymark/suite"
)

type schemaCmd struct{}

func (schemaCmd) Help() string {
	return `Editors that understand "# yaml-language-server: $schema=./waymark.schema.json"
complete and check suites with it.

Examples:

  waymark schema > waymark.schema.json`
}

// Run prints the JSON Schema of suites.
func (schemaCmd) Run(a *app) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(suite.JSONSchema())
}
