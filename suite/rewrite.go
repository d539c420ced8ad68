package suite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"waymark/policies"
)

// Rewrite is the suite's text with the knob of a policy put where its threshold
// stands, and the change as a unified diff. Nothing else moves, comments included.
func (s *Suite) Rewrite(policy string, knob ...float64) (text, diff string, err error) {
	return s.rewrite(policy, "", knob)
}

// RewriteFitted is Rewrite of a policy that is to be loaded from a file, which is named beside its
// knob.
func (s *Suite) RewriteFitted(policy, file string, knob ...float64) (text, diff string, err error) {
	return s.rewrite(policy, file, knob)
}

func (s *Suite) rewrite(policy, fitted string, knob []float64) (text, diff string, err error) {
	i := slices.IndexFunc(s.Policies, func(e Entry) bool { return e.Name == policy })
	if i < 0 {
		return "", "", fmt.Errorf("the suite has no policy %q", policy)
	}
	swept, ok := s.Policies[i].Config.(policies.Swept)
	if !ok {
		return "", "", fmt.Errorf("policy %q has no knob", policy)
	}
	_, key := swept.Swept()
	line, column := s.doc.Position("policies", i, key)
	lines := strings.SplitAfter(string(s.Text), "\n")
	value := written(knob, key == "cuts" || len(knob) > 1)
	old := []rune(lines[line-1])
	rest := string(old[column-1:])
	end, plain := extent(rest)
	if !plain {
		return "", "", fmt.Errorf("%s:%d:%d: found %q, expected the value of %s to stand there plainly: write it yourself as %s: %s", s.Path, line, column, strings.TrimRight(rest, "\r\n"), key, key, value)
	}
	changed := slices.Clone(lines)
	changed[line-1] = string(old[:column-1]) + value + rest[end:]
	if e := s.Policies[i]; fitted != "" && e.node != nil && e.Fitted == nil {
		name := strconv.Quote(fitted)
		if e.node.Style&yaml.FlowStyle != 0 {
			changed[line-1] = string(old[:column-1]) + value + ", fitted: " + name + rest[end:]
		} else {
			indent := strings.Repeat(" ", e.node.Column-1)
			changed[line-1] = strings.TrimRight(changed[line-1], "\r\n") + "\n" + indent + "fitted: " + name + "\n"
		}
	}
	return strings.Join(changed, ""), unified(s.Path, lines, changed, line-1), nil
}

// written is a knob as YAML writes it: a number, or a list of cuts, of which there may be one.
func written(knob []float64, list bool) string {
	var out []string
	for _, x := range knob {
		text := strconv.FormatFloat(x, 'g', -1, 64)
		switch text {
		case "+Inf":
			text = ".inf"
		case "-Inf":
			text = "-.inf"
		}
		out = append(out, text)
	}
	if !list {
		return strings.Join(out, "")
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// extent is how long the value at the start of a line's rest is, and whether it is one that can be
// replaced: a number, sweep, or a list of numbers on one line.
func extent(rest string) (end int, plain bool) {
	if strings.HasPrefix(rest, "[") {
		end = strings.IndexByte(rest, ']') + 1
		return end, end > 0 && !strings.ContainsAny(rest[:end], "#{&*\"'")
	}
	if end = strings.IndexAny(rest, ",}# \t\r\n"); end < 0 {
		end = len(rest)
	}
	_, err := strconv.ParseFloat(strings.Replace(rest[:end], ".inf", "inf", 1), 64)
	return end, err == nil || rest[:end] == "sweep" || rest[:end] == "sweep-each"
}

// unified is the diff of one changed line, with three lines around it.
func unified(path string, before, after []string, at int) string {
	if before[at] == after[at] {
		return ""
	}
	lo, hi := max(0, at-3), min(len(before), at+4)
	if hi == len(before) && before[hi-1] == "" {
		hi-- // what follows the last newline
	}
	var b strings.Builder
	now := strings.Split(strings.TrimRight(after[at], "\r\n"), "\n")
	fmt.Fprintf(&b, "--- %s\n+++ %s\n@@ -%d,%d +%d,%d @@\n", path, path, lo+1, hi-lo, lo+1, hi-lo+len(now)-1)
	for i := lo; i < hi; i++ {
		if i == at {
			fmt.Fprintf(&b, "-%s\n+%s\n", strings.TrimRight(before[i], "\r\n"), strings.Join(now, "\n+"))
			continue
		}
		fmt.Fprintf(&b, " %s\n", strings.TrimRight(before[i], "\r\n"))
	}
	return b.String()
}
