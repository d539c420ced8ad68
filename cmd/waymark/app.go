package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// globals are the flags that every verb takes.
type globals struct {
	DB      string `name:"db" default:"results.db" env:"WAYMARK_DB" placeholder:"FILE" help:"Where results are kept (default ${default})."`
	Cache   string `env:"WAYMARK_CACHE" placeholder:"DIR" help:"Where embeddings that were paid for are kept; default: waymark in the user's cache directory."`
	Jobs    int    `short:"j" default:"0" placeholder:"N" help:"Workers; 0 is one a processor. Results do not depend on it."`
	Seed    *int64 `placeholder:"N" help:"Seed of everything random, instead of the suite's."`
	Format  string `short:"f" default:"table" enum:"table,json,jsonl,csv,md" help:"How results are printed: ${enum}."`
	Quiet   bool   `short:"q" help:"Print results only, with what qualifies them: no progress, no word on what was written."`
	NoColor bool   `env:"NO_COLOR" help:"No colour on a terminal."`
}

type cli struct {
	globals

	Demo       demoCmd       `cmd:"" help:"Run the whole story on built-in SYNTHETIC data."`
	Init       initCmd       `cmd:"" help:"Write a commented suite for a dataset."`
	Import     importCmd     `cmd:"" help:"Turn a foreign format into a dataset folder."`
	Validate   validateCmd   `cmd:"" help:"Check a dataset or a suite without running it."`
	Run        runCmd        `cmd:"" help:"Replay every policy of a suite, keep the run, print the table."`
	Tune       tuneCmd       `cmd:"" help:"Choose the knob of a policy on the tune split and report it on the test split."`
	Fit        fitCmd        `cmd:"" help:"Fit the learned parts of a policy and save them."`
	Compare    compareCmd    `cmd:"" help:"Compare two policies, or two runs, on the same tasks."`
	Check      checkCmd      `cmd:"" help:"Decide a suite's checks: pass, fail or undecided; exit 100 on failure."`
	Report     reportCmd     `cmd:"" help:"Write a run as PNG, SVG, HTML, Markdown, CSV and JSON."`
	Runs       runsCmd       `cmd:"" help:"List the runs in results.db."`
	Audit      auditCmd      `cmd:"" help:"Tell the story of one task in a run: who decided what, and why."`
	Trend      trendCmd      `cmd:"" help:"Follow policies over nights of fresh responses, with an alarm that rarely cries wolf."`
	Power      powerCmd      `cmd:"" help:"Tell how many tasks a margin needs, before anyone pays for them."`
	List       listCmd       `cmd:"" help:"List formats, importers, policies, scorers, acceptors or graders, or a dataset's models."`
	Schema     schemaCmd     `cmd:"" help:"Print the JSON Schema of suite files."`
	Completion completionCmd `cmd:"" help:"Print a completion script for bash, zsh or fish."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// app is what a verb works with.
type app struct {
	globals
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	kong           *kong.Kong
	args           []string
}

// Exit codes, as DESIGN has them: where several hold, 2 over 1 over 3 over 100.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitIncomplete = 3
	exitCheck      = 100
)

// An exitError is an error that knows its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usage marks an error as one of use or of input.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUsage, err}
}

// run is the command: an argv in, an exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("waymark"),
		kong.Description("Waymark tells you, before you deploy it, what a routing policy will do to quality, cost and latency, and how sure that is."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Vars{"version": version()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ShortUsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(stderr, "waymark:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help or --version
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "waymark: %v\nRun \"waymark --help\", or \"waymark VERB --help\" for examples.\n", err)
		return exitUsage
	}
	if c.Jobs < 0 {
		fmt.Fprintf(stderr, "waymark: found --jobs %d, expected at least 0\n", c.Jobs)
		return exitUsage
	}
	a := &app{globals: c.globals, ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, kong: parser, args: args}
	err = parsed.Run(a)
	return a.finish(err)
}

// finish prints an error and tells the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		return exitDone
	}
	var coded *exitError
	code := exitFailed
	if errors.As(err, &coded) {
		code = coded.code
	}
	fmt.Fprintln(a.stderr, "waymark:", clean(err.Error()))
	return code
}

// note prints a line for a person, on stderr, unless --quiet.
func (a *app) note(format string, args ...any) {
	if !a.Quiet {
		fmt.Fprintln(a.stderr, clean(fmt.Sprintf(format, args...)))
	}
}

// terminal reports whether w is one.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// clean drops control characters, which names and messages from files may hold.
func clean(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			r = '\uFFFD'
		}
		out = append(out, r)
	}
	return string(out)
}
