package store

import (
	"os"
	"testing"
)

// TestWriteFixture makes the file of which a dump is added with a new migration:
//
//	WAYMARK_FIXTURE=/tmp/v2.db go test -run TestWriteFixture ./internal/store
//	sqlite3 /tmp/v2.db .dump > internal/store/testdata/v2.sql
func TestWriteFixture(t *testing.T) {
	path := os.Getenv("WAYMARK_FIXTURE")
	if path == "" {
		t.Skip("WAYMARK_FIXTURE names no file")
	}
	db, err := Open(t.Context(), path)
	must(t, err)
	fixtureRun(t, db)
	must(t, db.Close())
}
