//go:build !unix

package pipe

import "os/exec"

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup ends the process; what it started is not known here.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
