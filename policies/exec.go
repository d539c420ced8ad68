package policies

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"waymark"
	"waymark/internal/secret"
	"waymark/internal/wire"
	"waymark/internal/wire/pipe"
)

// Exec is a router that is a program. Waymark starts it, without a shell, and asks
// it in lines of JSON over its standard input and output: docs/policies/protocol.md.
type Exec struct {
	Command   []string `yaml:"command" json:"command" doc:"the program and its arguments; there is no shell" required:"true"`
	Dir       string   `yaml:"dir" json:"dir,omitempty" doc:"where it runs, relative to the suite file; default: the suite file's folder"`
	Env       []string `yaml:"env" json:"env,omitempty" doc:"names of environment variables that it is given beside PATH, HOME, LANG and TMPDIR"`
	TimeoutMS *float64 `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"how long it may take for one line; default 60000"`
	StartupMS *float64 `yaml:"startup_timeout_ms" json:"startup_timeout_ms,omitempty" doc:"how long it may take to start; default 60000"`
	Restarts  *int     `yaml:"restarts" json:"restarts,omitempty" doc:"how often it is begun anew where it breaks off; default 1"`
	Charge    Charge   `yaml:"charge" json:"charge,omitempty" doc:"what a decision is charged: measured, or {cost_usd, latency_ms}; default: what the router reports"`
}

// Build starts the program. What it answers to hello decides whether it picks models or
// leads trials.
func (c *Exec) Build(in Inputs) (waymark.Policy, error) {
	r, err := c.router(in, wire.ForPolicy)
	if err != nil {
		return nil, err
	}
	return r.policy(), nil
}

// ExecScore is a scorer that is a program: the keys of Exec, but for the charge, which every scorer may have.
type ExecScore struct {
	Command   []string `yaml:"command" json:"command" doc:"the program and its arguments; there is no shell" required:"true"`
	Dir       string   `yaml:"dir" json:"dir,omitempty" doc:"where it runs, relative to the suite file; default: the suite file's folder"`
	Env       []string `yaml:"env" json:"env,omitempty" doc:"names of environment variables that it is given beside PATH, HOME, LANG and TMPDIR"`
	TimeoutMS *float64 `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"how long it may take for one line; default 60000"`
	StartupMS *float64 `yaml:"startup_timeout_ms" json:"startup_timeout_ms,omitempty" doc:"how long it may take to start; default 60000"`
	Restarts  *int     `yaml:"restarts" json:"restarts,omitempty" doc:"how often it is begun anew where it breaks off; default 1"`
}

// Build starts the program.
func (c *ExecScore) Build(in Inputs) (Scorer, error) { return c.buildCharged(in, Charge{}) }

func (c *ExecScore) buildCharged(in Inputs, charge Charge) (Scorer, error) {
	e := Exec{c.Command, c.Dir, c.Env, c.TimeoutMS, c.StartupMS, c.Restarts, charge}
	r, err := e.router(in, wire.ForScorer)
	if err != nil {
		return nil, err
	}
	return rater{r}, nil
}

func (c *Exec) router(in Inputs, purpose string) (*router, error) {
	limits, err := limitsOf(c.TimeoutMS, c.StartupMS, c.Restarts)
	if err != nil {
		return nil, err
	}
	if err := c.Charge.check(); err != nil {
		return nil, err
	}
	command, err := c.command(in)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	l := line{kind: "exec", purpose: purpose, config: string(text), limits: limits, charge: c.Charge}
	l.dial = func(context.Context) (wire.Conn, error) { return pipe.Start(command) }
	r, err := l.router(in)
	if err != nil {
		return nil, blame("command", err)
	}
	return r, nil
}

// passed are the variables that every program is given.
var passed = []string{"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT"}

func (c *Exec) command(in Inputs) (pipe.Command, error) {
	if len(c.Command) == 0 || c.Command[0] == "" {
		return pipe.Command{}, fieldf([]any{"command"}, "found no program, expected a list such as [python3, router.py]")
	}
	out := pipe.Command{Argv: append([]string(nil), c.Command...), Dir: within(in.Folder, c.Dir)}
	if st, err := os.Stat(out.Dir); out.Dir != "" && (err != nil || !st.IsDir()) {
		return out, fieldf([]any{"dir"}, "found %q, expected a folder, relative to the suite file", c.Dir)
	}
	if strings.ContainsAny(out.Argv[0], `/\`) { // a path and no name to look for in PATH
		path, err := filepath.Abs(within(in.Folder, out.Argv[0]))
		if err != nil {
			return out, fieldf([]any{"command", 0}, "%v", err)
		}
		out.Argv[0] = path
	}
	for _, name := range passed {
		if v, ok := os.LookupEnv(name); ok {
			out.Env = append(out.Env, name+"="+v)
		}
	}
	var given []string
	for i, name := range c.Env {
		v, ok := os.LookupEnv(name)
		if !ok || strings.ContainsAny(name, "=") {
			return out, fieldf([]any{"env", i}, "found %q, expected the name of an environment variable that is set", name)
		}
		out.Env = append(out.Env, name+"="+v)
		given = append(given, v)
	}
	out.Secrets = secret.Of(given...)
	return out, nil
}

// within is a path that may be relative to a folder.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// blame makes a key to blame of an error that has none yet.
func blame(key string, err error) error {
	if fe, ok := err.(*FieldError); ok {
		return fe
	}
	return fieldf([]any{key}, "%v", err)
}
