package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"waymark": func() {
			os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// Shell sessions are the tests of the verbs.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(filepath.Join(env.WorkDir, "harbour-desk"), os.DirFS("testdata/harbour-desk"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
		},
	})
}

// exits CODE waymark ARGS… runs a command and wants its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE waymark ARGS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

var example = regexp.MustCompile(`(?m)^ +(waymark .*)$`)

// Every verb's --help has an example, and its verbs and flags are accepted.
func TestHelpHasExamples(t *testing.T) {
	var out strings.Builder
	if code := run(t.Context(), []string{"--help"}, nil, &out, &out); code != 0 {
		t.Fatalf("--help exits with %d", code)
	}
	for _, verb := range []string{"demo", "init", "import", "validate", "run", "tune", "compare", "check", "report", "runs", "audit", "trend", "power", "list", "schema", "completion"} {
		var help strings.Builder
		if code := run(t.Context(), []string{verb, "--help"}, nil, &help, &help); code != 0 {
			t.Errorf("%s --help exits with %d", verb, code)
		}
		examples := example.FindAllStringSubmatch(help.String(), -1)
		if len(examples) == 0 {
			t.Errorf("%s --help has no example:\n%s", verb, help.String())
		}
		if !strings.Contains(out.String(), verb) {
			t.Errorf("--help does not name %s", verb)
		}
	}
}

// The documents' console examples are sessions that a script runs.
func TestReadmeCommandsAreRun(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	scripts := ""
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		scripts += string(text)
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^bin/(waymark [^#\n]*)`).FindAllStringSubmatch(string(readme), -1) {
		command := strings.Fields(m[1])[1]
		if !strings.Contains(scripts, "waymark "+command) {
			t.Errorf("README names %q, which no script runs", m[1])
		}
		n++
	}
	if n < 4 {
		t.Errorf("README has %d commands", n)
	}
}
