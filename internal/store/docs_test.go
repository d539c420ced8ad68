package store

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waymark"
	"waymark/internal/testdata"
)

const docRun = "20261124-130501-a3f2"

// docFile is the results file that docs/store.md asks its questions of.
func docFile(t *testing.T) (*DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "results.db")
	db, err := Open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	pool := []waymark.ModelID{"small", "large"}
	run := begin(t, db, RunSpec{
		Dataset: waymark.Info{Name: "support", Digest: "sha256:0", QualityHi: 1},
		Tasks: Tasks{
			IDs:        []string{"refund-1", "refund-2", "refund-3", "poem-1", "poem-2", "poem-3"},
			Categories: []string{"routine", "routine", "routine", "writing", "writing", "writing"},
		},
		Models: pool,
		Policies: []Policy{
			{Name: "best", Type: "fixed", Arms: pool[1:], Reasons: []string{"always"}, Repeats: 1},
			{Name: "difficulty", Type: "threshold", Knob: []float64{0.5}, Arms: pool, Reasons: []string{"score below the knob", "score at or above the knob", "no score"}, Repeats: 1},
		},
	})
	ms := func(n ...time.Duration) []time.Duration {
		for i := range n {
			n[i] *= time.Millisecond
		}
		return n
	}
	cent := waymark.Dollar / 100
	must(t, run.Append(t.Context(), Part{Policy: 0}, Decisions{
		Task: []int32{0, 1, 2, 3, 4, 5}, Status: []Outcome{1, 1, 1, 1, 1, 1}, Arm: make([]int32, 6), Reason: make([]int32, 6),
		Score: []float64{1, 1, 1, 1, 1, 1}, Cost: []waymark.USD{2 * cent, 2 * cent, 2 * cent, 2 * cent, 2 * cent, 2 * cent},
		Latency: ms(1800, 1850, 1900, 2100, 2150, 2200),
	}))
	must(t, run.Append(t.Context(), Part{Policy: 1}, Decisions{
		Task: []int32{0, 1, 2, 3, 4, 5}, Status: []Outcome{Answered, Answered, Answered, Answered, Hole, Failed},
		Arm: []int32{0, 0, 1, 0, 1, waymark.NoArm}, Reason: []int32{0, 0, 1, 0, 1, 2}, Signal: []float64{0.1, 0.2, 0.75, 0.4, 0.9, 0},
		Score: []float64{1, 0, 1, 0.5, 0, 0}, Cost: []waymark.USD{cent / 5, cent / 5, 2 * cent, cent / 5, 0, 0},
		CostKnown: []bool{true, true, true, true, false, false}, Latency: ms(300, 310, 1900, 400, 0, 0),
	}))
	must(t, db.write(t.Context(), "name the run", func(tx *tx) error { return tx.exec("UPDATE run SET run = ?", docRun) }))
	return db, path
}

// A question is a query of the doc, and the answer that is printed under it.
type question struct{ query, answer string }

func questions(t *testing.T) (all []question) {
	t.Helper()
	doc, err := os.ReadFile("../../docs/store.md")
	must(t, err)
	blocks := regexp.MustCompile("(?s)```sql\n(.*?)```.*?```text\n(.*?)```")
	for _, m := range blocks.FindAllStringSubmatch(string(doc), -1) {
		all = append(all, question{m[1], m[2]})
	}
	if len(all) != 4 {
		t.Fatalf("docs/store.md has %d questions, want 4", len(all))
	}
	return all
}

func TestQuestionsOfTheDoc(t *testing.T) {
	db, _ := docFile(t)
	for _, q := range questions(t) {
		if diff := cmp.Diff(q.answer, ask(t, db, q.query)); diff != "" {
			t.Errorf("%s(-doc +got):\n%s", q.query, diff)
		}
	}
}

// TestQuestionsWithSqlite3 asks as a person does, with the command.
func TestQuestionsWithSqlite3(t *testing.T) {
	sqlite3, err := exec.LookPath("sqlite3")
	if err != nil {
		testdata.Missing(t, "the sqlite3 command (Debian package sqlite3)")
	}
	_, path := docFile(t)
	for _, q := range questions(t) {
		out, err := exec.CommandContext(t.Context(), sqlite3, "-header", path, q.query).CombinedOutput()
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		if diff := cmp.Diff(q.answer, string(out)); diff != "" {
			t.Errorf("%s(-doc +got):\n%s", q.query, diff)
		}
	}
	for _, view := range []string{"sweep", "history"} {
		if out, err := exec.CommandContext(t.Context(), sqlite3, path, "SELECT * FROM "+view).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", view, err, out)
		}
	}
}

// ask prints an answer as sqlite3 -header does.
func ask(t *testing.T, db *DB, query string) string {
	t.Helper()
	rows, err := db.reader.QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	names, err := rows.Columns()
	must(t, err)
	out := strings.Join(names, "|") + "\n"
	for rows.Next() {
		values, to := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			to[i] = &values[i]
		}
		must(t, rows.Scan(to...))
		cells := make([]string, len(names))
		for i, v := range values {
			cells[i] = cell(v)
		}
		out += strings.Join(cells, "|") + "\n"
	}
	must(t, rows.Err())
	return out
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		if v == float64(int64(v)) {
			return fmt.Sprintf("%.1f", v)
		}
		return fmt.Sprintf("%.15g", v)
	default:
		return fmt.Sprint(v)
	}
}

// TestTheQuestionIsCheap: on a million rows one wants a look-up and not a scan.
func TestTheQuestionIsCheap(t *testing.T) {
	db, _ := docFile(t)
	must(t, db.each(t.Context(), "explain", func(scan func(...any) error) error {
		var id, parent, unused int
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		if strings.Contains(detail, "SCAN") {
			t.Errorf("the plan has: %s", detail)
		}
		return err
	}, "EXPLAIN QUERY PLAN "+questions(t)[0].query))
}
