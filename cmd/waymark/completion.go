package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"One of ${enum}."`
}

func (completionCmd) Help() string {
	return `Examples:

  waymark completion bash > /etc/bash_completion.d/waymark
  waymark completion zsh  > "${fpath[1]}/_waymark"
  waymark completion fish > ~/.config/fish/completions/waymark.fish`
}

// Run prints verbs and flags as the shell's own completion script.
func (c completionCmd) Run(a *app) error {
	script := map[string]func(*kong.Node) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell]
	_, err := fmt.Fprint(a.stdout, script(a.kong.Model.Node))
	return err
}

func verbs(root *kong.Node) []*kong.Node {
	return slices.DeleteFunc(slices.Clone(root.Children), func(n *kong.Node) bool { return n.Hidden })
}

func flagNames(n *kong.Node) (out []string) {
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			out = append(out, "--"+f.Name)
		}
	}
	return out
}

func bashScript(root *kong.Node) string {
	var b strings.Builder
	var names []string
	for _, v := range verbs(root) {
		names = append(names, v.Name)
		fmt.Fprintf(&b, "    %s) flags=%q ;;\n", v.Name, strings.Join(flagNames(v), " "))
	}
	return fmt.Sprintf(`# bash completion of waymark
_waymark() {
  local cur=${COMP_WORDS[COMP_CWORD]} flags=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W %q -- "$cur"))
    return
  fi
  case ${COMP_WORDS[1]} in
%s  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -f -- "$cur")) ;;
  esac
}
complete -o filenames -F _waymark waymark
`, strings.Join(names, " "), b.String())
}

func zshScript(root *kong.Node) string {
	var list, cases strings.Builder
	for _, v := range verbs(root) {
		fmt.Fprintf(&list, "    '%s:%s'\n", v.Name, strings.ReplaceAll(v.Help, "'", ""))
		fmt.Fprintf(&cases, "    %s) compadd -- %s ;;\n", v.Name, strings.Join(flagNames(v), " "))
	}
	return fmt.Sprintf(`#compdef waymark
_waymark() {
  local -a verbs
  verbs=(
%s  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  if [[ $PREFIX != -* ]]; then
    _files
    return
  fi
  case $words[2] in
%s  esac
}
_waymark "$@"
`, list.String(), cases.String())
}

func fishScript(root *kong.Node) string {
	var b strings.Builder
	b.WriteString("# fish completion of waymark\n")
	for _, v := range verbs(root) {
		fmt.Fprintf(&b, "complete -c waymark -n __fish_use_subcommand -a %s -d '%s'\n", v.Name, strings.ReplaceAll(v.Help, "'", ""))
		for _, f := range flagNames(v) {
			fmt.Fprintf(&b, "complete -c waymark -n '__fish_seen_subcommand_from %s' -l %s\n", v.Name, strings.TrimPrefix(f, "--"))
		}
	}
	return b.String()
}
