package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"waymark/internal/testdata"
)

// program is this test binary under the name by which it is the command.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "waymark")
	if err := os.Symlink(self, link); err != nil {
		testdata.Missing(t, fmt.Sprintf("symbolic links: %v", err))
	}
	return link
}

// A run that is killed with SIGKILL loses nothing that was reported as done, is
// shown as interrupted, and --resume goes on to the very result of one that was not.
func TestKilledRunResumes(t *testing.T) {
	waymark, dir := program(t), t.TempDir()
	do := func(args ...string) ([]byte, error) {
		cmd := exec.Command(waymark, args...)
		cmd.Dir = dir
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		err := cmd.Run()
		if err != nil {
			t.Logf("%v: %v: %s", args, err, errs.String())
		}
		return out.Bytes(), err
	}
	if _, err := do("demo", "--data-only", "--tasks", "12000", "-o", "d"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	want, err := do("run", "d/suite.yaml", "--format", "csv", "--db", "whole.db")
	if err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)
	rng := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for round := range 12 {
		db := filepath.Join(dir, "killed.db")
		for _, f := range []string{db, db + "-wal", db + "-shm"} {
			os.Remove(f)
		}
		cmd := exec.Command(waymark, "run", "d/suite.yaml", "--db", db, "-q")
		cmd.Dir = dir
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole/3 + time.Duration(rng.Int64N(int64(whole*2/3))))
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
		out, err := do("runs", "--db", db, "--format", "json")
		if err != nil {
			continue // killed before there was a file
		}
		var runs []struct{ Run, Status string }
		if err := json.Unmarshal(out, &runs); err != nil {
			t.Fatal(err)
		}
		if len(runs) == 0 || runs[0].Status == "done" {
			continue
		}
		if runs[0].Status != "interrupted" {
			t.Fatalf("round %d: a killed run is %s", round, runs[0].Status)
		}
		killed++
		got, err := do("run", "d/suite.yaml", "--db", db, "--resume", runs[0].Run, "--format", "csv")
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("round %d: the resumed run gives another result\n%s\nwant\n%s", round, got, want)
		}
		if killed == 3 {
			break
		}
	}
	if killed == 0 {
		t.Error("no run was killed at the right time: the test shows nothing")
	}
}

// SIGINT once: what is in flight is finished and kept, and the command says how
// to go on.
func TestInterruptSaysHowToGoOn(t *testing.T) {
	waymark, dir := program(t), t.TempDir()
	data := exec.Command(waymark, "demo", "--data-only", "--tasks", "30000", "-o", "d")
	data.Dir = dir
	if out, err := data.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	db := filepath.Join(dir, "r.db")
	for range 10 {
		cmd := exec.Command(waymark, "run", "d/suite.yaml", "--db", db, "--jobs", "1")
		cmd.Dir = dir
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		untilRunning(waymark, db)
		cmd.Process.Signal(os.Interrupt)
		err := cmd.Wait()
		var exit *exec.ExitError
		if err == nil { // it was done before
			continue
		}
		if !errors.As(err, &exit) || exit.ExitCode() != exitIncomplete {
			t.Fatalf("%v: %s", err, errs.String())
		}
		if bytes.Contains(errs.Bytes(), []byte("--resume 20")) {
			return
		}
	}
	t.Error("no interrupt came between begin and end of a run")
}

// untilRunning waits until a run is going on in a results file, for some seconds at most.
func untilRunning(waymark, db string) {
	for range 400 {
		out, err := exec.Command(waymark, "runs", "--db", db, "--format", "json").Output()
		if err == nil && bytes.Contains(out, []byte(`"status": "running"`)) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}
