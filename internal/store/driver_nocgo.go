//go:build !cgo

package store

import _ "github.com/mattn/go-sqlite3" // registers a stub, whose every use fails

// driverKind is NoCGO whatever the error, since only the stub can report one.
func driverKind(error) Kind { return NoCGO }
