package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	killTasks = 6000
	killChunk = 150
)

// childAppend begins the run or goes on with it, and says what is done once it
// is, until it is killed or through.
func childAppend(path string) error {
	ctx := context.Background()
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	spec := sampleSpec(killTasks)
	if info, err := db.FindRun(ctx, "latest"); err == nil && info.Status == StatusDone {
		fmt.Println("finished") // the last child was killed between the commit and saying so
		return db.Close()
	}
	run, err := db.Resume(ctx, "latest", spec.Digest)
	if UnknownRun.Is(err) {
		run, err = db.Begin(ctx, spec)
	}
	if err != nil {
		return err
	}
	fmt.Println("ready")
	done, err := run.DoneChunks(ctx)
	if err != nil {
		return err
	}
	for policy := range 2 {
		for c := range killTasks / killChunk {
			part := Part{Policy: policy, Chunk: c}
			if _, ok := done.Decisions[part]; ok {
				continue
			}
			if err := run.Append(ctx, part, sampleRows(policy, c*killChunk, (c+1)*killChunk)); err != nil {
				return err
			}
			fmt.Println("done", policy, c)
		}
	}
	if err := run.Finish(ctx, StatusDone, []byte(`{"schema":1}`)); err != nil {
		return err
	}
	fmt.Println("finished")
	return db.Close()
}

func child(ctx context.Context, part, path string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], path)
	cmd.Env = append(os.Environ(), childVar+"="+part)
	return cmd
}

// TestKilled kills the process that appends, at random instants, until one gets
// through. Whatever was reported as done must be there after each death, and the
// run must end as if nothing had happened.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.db")
	reported := map[Part]bool{}
	finished, rounds := false, 0
	for ; !finished && rounds < 500; rounds++ {
		finished = killOnce(t, path, reported)
		inspectAfterDeath(t, path, reported, finished)
	}
	if !finished {
		t.Fatalf("not finished after %d rounds", rounds)
	}
	t.Logf("killed %d times", rounds-1)
	db, err := OpenExisting(t.Context(), path)
	must(t, err)
	defer db.Close()
	run, err := db.FindRun(t.Context(), "latest")
	must(t, err)
	for policy := range 2 {
		got, err := db.Decisions(t.Context(), run.ID, policy, 0)
		must(t, err)
		if diff := cmp.Diff(known(sampleRows(policy, 0, killTasks)), got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("policy %d (-uninterrupted +resumed):\n%s", policy, diff)
		}
	}
}

// killOnce lets a child append for a random while and kills it. It adds what the
// child reported, and says whether it got through before.
func killOnce(t *testing.T, path string, reported map[Part]bool) (finished bool) {
	t.Helper()
	cmd := child(t.Context(), "append", path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var p Part
		switch n, _ := fmt.Sscanf(lines.Text(), "done %d %d", &p.Policy, &p.Chunk); {
		case n == 2:
			reported[p] = true
		case lines.Text() == "ready":
			after := time.Duration(rand.Int64N(int64(12 * time.Millisecond)))
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		case lines.Text() == "finished":
			finished = true
		default:
			t.Fatalf("the child said: %s", lines.Text())
		}
	}
	_ = cmd.Wait() // killed, and that is an error
	return finished
}

func inspectAfterDeath(t *testing.T, path string, reported map[Part]bool, finished bool) {
	t.Helper()
	db, err := Open(t.Context(), path)
	must(t, err)
	defer db.Close()
	integrity(t, db)
	info, err := db.FindRun(t.Context(), "latest")
	must(t, err)
	if want := map[bool]Status{true: StatusDone, false: StatusInterrupted}[finished]; info.Status != want && info.Status != StatusDone {
		t.Fatalf("the run is %s, want %s", info.Status, want)
	}
	done, err := (&Run{db: db, id: info.ID, key: runKey(t, db, info.ID)}).DoneChunks(t.Context())
	must(t, err)
	for p := range reported {
		if done.Decisions[p] != killChunk {
			t.Fatalf("%v was reported as done and has %d rows of %d", p, done.Decisions[p], killChunk)
		}
	}
	for policy := range 2 {
		got, err := db.Decisions(t.Context(), info.ID, policy, 0)
		must(t, err)
		want := 0
		for p, n := range done.Decisions {
			if p.Policy == policy {
				want += n
			}
		}
		if got.Len() != want {
			t.Fatalf("policy %d has %d rows, and its chunks %d: a chunk is there in part", policy, got.Len(), want)
		}
	}
}

func runKey(t *testing.T, db *DB, id string) (key int64) {
	t.Helper()
	must(t, db.reader.QueryRow("SELECT run_id FROM run WHERE run = ?", id).Scan(&key))
	return key
}

// childOpen opens a file that is not there yet.
func childOpen(path string) error {
	db, err := Open(context.Background(), path)
	if err != nil {
		return err
	}
	return db.Close()
}

// TestKilledWhileOpening kills a process that makes the file. Whatever is left
// of it must open.
func TestKilledWhileOpening(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	for i := range rounds {
		path := filepath.Join(t.TempDir(), "results.db")
		cmd := child(t.Context(), "open", path)
		must(t, cmd.Start())
		for j := 0; j < 2000; j++ { // until it has begun to make the file
			if _, err := os.Stat(path); err == nil {
				break
			}
			time.Sleep(50 * time.Microsecond)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(15 * time.Millisecond))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		db, err := Open(t.Context(), path)
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		integrity(t, db)
		must(t, db.Close())
	}
}
