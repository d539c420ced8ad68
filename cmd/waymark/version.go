package main

import (
	"runtime"
	"runtime/debug"
)

// release is the version of the source tree.
const release = "0.1.0-dev"

// version is the release and, where the build recorded it, the commit.
func version() string {
	if c := commit(); c != "" {
		return release + " (" + c + ")"
	}
	return release
}

// commit is the revision that the binary was built from, with "+" where the tree
// had changes; "" where the build did not record it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	rev, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			rev = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+"
			}
		}
	}
	if rev == "" {
		return ""
	}
	return rev + dirty
}

// machine describes where a run was made, without naming the host.
func machine() string {
	return runtime.GOOS + "/" + runtime.GOARCH + ", " + plural(runtime.NumCPU(), "processor") + ", " + runtime.Version()
}
