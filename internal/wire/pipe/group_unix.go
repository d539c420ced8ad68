//go:build unix

package pipe

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the process the head of a group, which all that it starts belongs to.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends the process and all that it started. That there is none any more is no error.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
