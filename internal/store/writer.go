package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"time"
)

// A writer is the one connection of a DB that writes. Its statements for bulk
// inserts are prepared once and run on the driver itself, since database/sql
// costs more per value than SQLite does.
type writer struct {
	mu       sync.Mutex
	pool     *sql.DB
	conn     *sql.Conn
	prepared map[string]driver.StmtExecContext
	args     []driver.NamedValue // of the statement that is being filled
}

func newWriter(ctx context.Context, dsn string) (*writer, error) {
	pool, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w := &writer{pool: pool, conn: conn, prepared: map[string]driver.StmtExecContext{}}
	w.args = make([]driver.NamedValue, rowsPerInsert*maxColumns)
	for i := range w.args {
		w.args[i].Ordinal = i + 1
	}
	return w, nil
}

func (w *writer) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for _, s := range w.prepared {
		errs = append(errs, s.(driver.Stmt).Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.pool.Close())...)
}

// write runs do as one transaction. When it returns nil, what was written is on
// disk; otherwise nothing of it is.
func (db *DB) write(ctx context.Context, doing string, do func(*tx) error) error {
	w := db.writer
	if w == nil {
		return db.errorf(ReadOnly, "cannot %s: %s", doing, advice[ReadOnly])
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return explain(db.path, doing, w.transact(ctx, do))
}

func (w *writer) transact(ctx context.Context, do func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &tx{w: w, ctx: ctx}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do(t)
	if err == nil {
		err = t.exec("COMMIT")
	}
	if err != nil {
		// SQLite has rolled back by itself after some errors, and then this fails.
		_, _ = w.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	}
	return err
}

// A tx is a transaction of the writer.
type tx struct {
	w   *writer
	ctx context.Context
}

// exec runs one statement to its end: a transaction is given up between
// statements and not within one, which would cost a goroutine each.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.w.conn.ExecContext(context.WithoutCancel(t.ctx), query, args...)
	return err
}

// scan reads the one row that a query gives.
func (t *tx) scan(to any, query string, args ...any) error {
	return t.w.conn.QueryRowContext(context.WithoutCancel(t.ctx), query, args...).Scan(to)
}

// rowsPerInsert is where more rows in one statement stop paying: 10 rows take
// 0.90 s for 10^6 decisions, 50 take 0.76 s, 100 take 0.75 s.
const rowsPerInsert = 50

const maxColumns = 16

// A row is the values of one row of a bulk insert, in the order of the columns.
type row []driver.NamedValue

func (r row) int(k int, v int64)          { r[k].Value = v }
func (r row) real(k int, v float64)       { r[k].Value = v } // SQLite stores NaN as NULL
func (r row) text(k int, v string)        { r[k].Value = v }
func (r row) blob(k int, v []byte)        { r[k].Value = v }
func (r row) null(k int)                  { r[k].Value = nil }
func (r row) index(k int, v int32)        { r.known(k, int64(v), v >= 0) }
func (r row) time(k int, v time.Duration) { r.known(k, int64(v), v != 0) }

func (r row) known(k int, v int64, known bool) {
	if known {
		r[k].Value = v
	} else {
		r[k].Value = nil
	}
}

// insert writes n rows into a table, whose values fill sets.
func (t *tx) insert(into table, n int, fill func(i int, r row)) error {
	w := t.w
	for lo := 0; lo < n; {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		rows := rowsPerInsert
		if n-lo < rows {
			rows = 1
		}
		stmt, err := w.statement(into, rows)
		if err != nil {
			return err
		}
		for k := range rows {
			fill(lo+k, row(w.args[k*into.columns:(k+1)*into.columns]))
		}
		if _, err := stmt.ExecContext(context.Background(), w.args[:rows*into.columns]); err != nil {
			return err
		}
		lo += rows
	}
	return nil
}

// statement prepares an insert of so many rows, once.
func (w *writer) statement(into table, rows int) (driver.StmtExecContext, error) {
	one := "(" + strings.Repeat("?,", into.columns-1) + "?)"
	text := "INSERT INTO " + into.into + " VALUES " + strings.Repeat(one+",", rows-1) + one + " " + into.conflict
	if s, ok := w.prepared[text]; ok {
		return s, nil
	}
	err := w.conn.Raw(func(c any) error {
		s, err := c.(driver.ConnPrepareContext).PrepareContext(context.Background(), text)
		if err == nil {
			w.prepared[text] = s.(driver.StmtExecContext)
		}
		return err
	})
	return w.prepared[text], err
}
