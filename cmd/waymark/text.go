package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waymark/internal/yamlfile"
)

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// quote makes arguments that can be pasted into a shell.
func quote(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a
		if a == "" || strings.ContainsAny(a, " \t\n'\"$`\\*?[]{}()<>|&;!#~") {
			out[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return out
}

// relative is a path as people gave it: one at or below the working folder, or
// beside it, without that; any other in full.
func relative(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(wd, path)
	if err != nil || strings.HasPrefix(rel, ".."+string(filepath.Separator)+"..") {
		return path
	}
	return rel
}

// isPlaced reports whether an error names a place in a file that somebody wrote.
func isPlaced(err error) bool {
	var at *yamlfile.Error
	return errors.As(err, &at)
}
