package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// applicationID is in the header of every results file ("WAYM"), so that the
// databases of other programs are left alone.
const applicationID = 0x5741594d

const versionTable = "schema_version"

// Migrations go forward only, and a published one is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// newest is the schema version that this program writes.
func newest() int64 {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		panic("store: no migrations are embedded")
	}
	number, _, _ := strings.Cut(filepath.Base(names[len(names)-1]), "_")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		panic("store: a migration without a number: " + names[len(names)-1])
	}
	return n
}

// head is what a file says about itself.
type head struct {
	application int64
	tables      int
	journal     string
	version     int64 // of the schema; 0 before the first migration
}

func readHead(ctx context.Context, conn *sql.DB) (h head, err error) {
	for query, to := range map[string]any{
		"PRAGMA application_id":              &h.application,
		"PRAGMA journal_mode":                &h.journal,
		"SELECT count(*) FROM sqlite_schema": &h.tables,
	} {
		if err := conn.QueryRowContext(ctx, query).Scan(to); err != nil {
			return h, err
		}
	}
	var versioned bool
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = ?", versionTable).Scan(&versioned)
	if err == nil && versioned {
		err = conn.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable).Scan(&h.version)
	}
	return h, err
}

// judge refuses a file that is not ours or not of our time.
func (db *DB) judge(h head) error {
	switch {
	case h.application != applicationID && (h.application != 0 || h.tables > 0):
		return db.errorf(Foreign, "%s", advice[Foreign])
	case h.version > newest():
		return db.errorf(Newer, "it was written by a newer waymark (schema %d; this one knows up to %d); use that one, or name another file with --db", h.version, newest())
	}
	return nil
}

func (h head) ready() bool {
	return h.application == applicationID && h.journal == "wal" && h.version == newest()
}

// prepare makes the file one of this version. Nothing is written before the
// file is known to be ours, and of several processes one does the work.
func (db *DB) prepare(ctx context.Context) error {
	conn, err := sql.Open("sqlite3", db.dsn(""))
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	h, err := readHead(ctx, conn)
	if err != nil {
		return err
	}
	if err := db.judge(h); err != nil || h.ready() {
		return err
	}
	l, err := waitLease(ctx, db.path+"-setup")
	if err != nil {
		return err
	}
	defer l.release()
	if h, err = readHead(ctx, conn); err != nil {
		return err
	}
	if err := db.judge(h); err != nil {
		return err
	}
	return migrate(ctx, conn)
}

func migrate(ctx context.Context, conn *sql.DB) error {
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		"PRAGMA journal_mode = WAL",
	} {
		if _, err := conn.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, conn, files, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}
