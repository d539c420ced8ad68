package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"waymark/internal/store"
	"waymark/internal/testdata"
)

const remoteTasks = 10000

// A remoteRun is a dataset and a suite whose routers are the Python example, watched.
type remoteRun struct {
	t            *testing.T
	waymark, dir string
}

func newRemoteRun(t *testing.T) *remoteRun {
	t.Helper()
	testdata.Tool(t, "python3")
	r := &remoteRun{t, program(t), t.TempDir()}
	if out, err := r.do("demo", "--data-only", "--tasks", fmt.Sprint(remoteTasks), "-o", "d"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

func (r *remoteRun) do(args ...string) ([]byte, error) {
	cmd := exec.Command(r.waymark, args...)
	cmd.Dir = r.dir
	return cmd.CombinedOutput()
}

// suite writes a suite whose router logs what it is asked.
func (r *remoteRun) suite(log string, dieAt int) string {
	here, err := os.Getwd()
	if err != nil {
		r.t.Fatal(err)
	}
	watched, router := filepath.Join(here, "testdata", "watched_router.py"), filepath.Join(here, "..", "..", "examples", "python", "router.py")
	text := fmt.Sprintf(`dataset: data
split: {tune: 0.5, seed: 7}
policies:
  - name: remote
    type: exec
    command: [python3, %q, %q, "%d", %q]
    charge: {cost_usd: 0.001, latency_ms: 1}
  - {name: leading, type: exec, command: [python3, %q, trial]}
`, watched, filepath.Join(r.dir, log), dieAt, router, router)
	name := filepath.Join(r.dir, "d", "suite.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return name
}

// asked are the queries that the router was asked.
func (r *remoteRun) asked(log string) []string {
	text, err := os.ReadFile(filepath.Join(r.dir, log))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// decisions are what is stored of a run's policies, which must be all tasks.
func (r *remoteRun) decisions(db, run string) []store.Decisions {
	kept, err := store.OpenExisting(r.t.Context(), filepath.Join(r.dir, db))
	if err != nil {
		r.t.Fatal(err)
	}
	defer kept.Close()
	info, err := kept.FindRun(r.t.Context(), run)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []store.Decisions
	for p := range info.Policies {
		d, err := kept.Decisions(r.t.Context(), info.ID, p, 0)
		if err != nil || d.Len() != remoteTasks {
			r.t.Fatalf("%d decisions of policy %d: %v", d.Len(), p, err)
		}
		out = append(out, d)
	}
	return out
}

// A run that is killed goes on without asking its router again about what is stored, and
// ends with the rows and the table of a run that was not killed.
func TestResumeAsksNothingAgain(t *testing.T) {
	r := newRemoteRun(t)
	s, slow := r.suite("asked", 0), filepath.Join(r.dir, "asked.slow")
	if err := os.WriteFile(slow, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	killed := exec.Command(r.waymark, "run", s, "--db", "r.db", "-q")
	killed.Dir = r.dir
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for len(r.asked("asked")) < remoteTasks/2 {
		time.Sleep(20 * time.Millisecond)
	}
	killed.Process.Signal(syscall.SIGKILL)
	if err := killed.Wait(); err == nil {
		t.Fatal("the run was over before it was killed")
	}
	out, err := r.do("runs", "--db", "r.db", "--format", "json")
	var runs []struct{ Run, Status string }
	if err != nil || json.Unmarshal(out, &runs) != nil || len(runs) != 1 || runs[0].Status != "interrupted" {
		t.Fatalf("%v: %s", err, out)
	}
	before := len(r.asked("asked"))
	if err := os.Remove(slow); err != nil {
		t.Fatal(err)
	}
	resumed, err := r.do("run", s, "--db", "r.db", "--resume", runs[0].Run, "--format", "csv")
	if err != nil {
		t.Fatalf("%v: %s", err, resumed)
	}
	asked := r.asked("asked")
	slices.Sort(asked)
	if distinct := len(slices.Compact(slices.Clone(asked))); distinct != remoteTasks || len(asked) >= remoteTasks*11/10 {
		t.Errorf("the router was asked %d times about %d tasks, want less than 1.1 × %d", len(asked), distinct, remoteTasks)
	}
	t.Logf("killed after %d queries, %d in all", before, len(asked))
	whole, err := r.do("run", s, "--db", "whole.db", "--format", "csv", "-q")
	if err != nil {
		t.Fatalf("%v: %s", err, whole)
	}
	if !bytes.Equal(resumed, whole) {
		t.Errorf("the resumed run gives\n%s\nwant\n%s", resumed, whole)
	}
	if got, want := r.decisions("r.db", runs[0].Run), r.decisions("whole.db", "latest"); !reflect.DeepEqual(fmt.Sprint(got), fmt.Sprint(want)) { // as text: NaN is not itself
		t.Error("the rows of the resumed run are not those of the whole one")
	}
}

// A router that is killed is begun anew, and nothing is lost with it.
func TestKilledRouterLosesNothing(t *testing.T) {
	r := newRemoteRun(t)
	s := r.suite("asked", remoteTasks/2)
	out, err := r.do("run", s, "--db", "r.db", "--format", "json", "-q")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "asked.died")); err != nil {
		t.Fatal("the router was not killed: the test shows nothing")
	}
	d := r.decisions("r.db", "latest")[0]
	for i, s := range d.Status {
		if s != store.Answered {
			t.Fatalf("task %d is %v: %v", i, s, d.Remarks[i])
		}
	}
	if n := len(r.asked("asked")); n < remoteTasks || n > remoteTasks+1024 {
		t.Errorf("the router was asked %d times about %d tasks", n, remoteTasks)
	}
	if !bytes.Contains(out, []byte("broke off and was begun anew 1 times")) || !bytes.Contains(out, []byte(`"transport": {`)) {
		t.Errorf("the result does not tell of the router: %.2000s", out)
	}
	if ps, err := exec.Command("ps", "-eo", "args").Output(); err == nil && bytes.Contains(ps, []byte(filepath.Join(r.dir, "asked"))) {
		t.Errorf("a router is left behind:\n%s", ps)
	}
}
