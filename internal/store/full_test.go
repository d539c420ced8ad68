//go:build linux

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// childStarve appends until the files that it writes may not grow further,
// which SQLite meets as it meets a full disk.
func childStarve(path string) error {
	ctx := context.Background()
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	run, err := db.Begin(ctx, sampleSpec(killTasks))
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 700_000, Max: 700_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for c := range killTasks / killChunk {
		if err := run.Append(ctx, Part{Chunk: c}, sampleRows(0, c*killChunk, (c+1)*killChunk)); err != nil {
			return err
		}
		fmt.Println("done", 0, c)
	}
	return errors.New("the limit was not reached")
}

func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.db")
	out, err := child(t.Context(), "starve", path).Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the child ended with %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	last := lines[len(lines)-1]
	if want := "error: " + path + ": the disk is full; everything that was reported as done is kept"; !strings.HasPrefix(last, want) {
		t.Fatalf("the child said %q, want %q", last, want)
	}
	chunks := len(lines) - 1
	if chunks == 0 {
		t.Fatal("no chunk was done before the disk was full")
	}
	db, err := Open(t.Context(), path)
	must(t, err)
	defer db.Close()
	integrity(t, db)
	run, err := db.Resume(t.Context(), "latest", sampleSpec(killTasks).Digest)
	must(t, err)
	got, err := db.Decisions(t.Context(), run.ID(), 0, 0)
	must(t, err)
	if diff := cmp.Diff(known(sampleRows(0, 0, chunks*killChunk)), got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("after %d chunks (-reported +kept):\n%s", chunks, diff)
	}
	must(t, run.Append(t.Context(), Part{Chunk: chunks}, sampleRows(0, chunks*killChunk, killTasks)))
}

// childRead opens a file that it may not write.
func childRead(path string) error {
	ctx := context.Background()
	if _, err := Open(ctx, path); !ReadOnly.Is(err) {
		return fmt.Errorf("opening it to write gives %v, want a refusal", err)
	}
	db, err := OpenExisting(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	run, err := db.FindRun(ctx, "latest")
	if err != nil {
		return err
	}
	if run.Status != StatusInterrupted {
		return fmt.Errorf("the run is %s", run.Status)
	}
	d, err := db.Decisions(ctx, run.ID, 0, 0)
	if err != nil || d.Len() != 10 {
		return fmt.Errorf("%d rows, %w", d.Len(), err)
	}
	if _, err := db.Begin(ctx, sampleSpec(1)); !ReadOnly.Is(err) {
		return fmt.Errorf("beginning a run gives %v, want a refusal", err)
	}
	return nil
}

// TestReadOnly reads a file in a folder that may not be written, and a file
// that may not in one that may.
func TestReadOnly(t *testing.T) {
	for name, modes := range map[string][2]os.FileMode{
		"folder": {0o555, 0o444}, "file": {0o777, 0o444},
	} {
		t.Run(name, func(t *testing.T) {
			dir := publicDir(t)
			path := filepath.Join(dir, "results.db")
			db, err := Open(t.Context(), path)
			must(t, err)
			must(t, begin(t, db, sampleSpec(10)).Append(t.Context(), Part{}, sampleRows(0, 0, 10)))
			copied := filepath.Join(dir, "copy.db") // says that its run goes on
			_, err = db.writer.conn.ExecContext(t.Context(), "VACUUM INTO ?", copied)
			must(t, err)
			must(t, db.Close())
			must(t, os.Chmod(copied, modes[1]))
			must(t, os.Chmod(dir, modes[0]))
			t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
			cmd := child(t.Context(), "read", copied)
			if os.Geteuid() == 0 { // root may write everything, so another plays the part
				cmd.Path = publicBinary(t)
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// publicDir is a temporary folder that other users can reach, unlike t.TempDir.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "waymark-store-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	return dir
}

// publicBinary is a copy of the test binary that other users can run.
func publicBinary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	binary, err := os.ReadFile(self)
	must(t, err)
	path := filepath.Join(publicDir(t), "store.test")
	must(t, os.WriteFile(path, binary, 0o755))
	return path
}
