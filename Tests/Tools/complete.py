#!/usr/bin/env python3
"""What a shell offers when the Tab key is pressed behind a line: a candidate a line, sorted.

    complete.py bash|zsh|fish SCRIPT LINE

The shell itself is asked, without its owner's configuration. SCRIPT lies where that shell would load it from.
"""

import os
import pty
import select
import subprocess
import sys
import tempfile
import time

BASH = r"""
source "$1"
COMP_LINE="$2"; COMP_POINT="${#COMP_LINE}"
read -ra COMP_WORDS <<<"$COMP_LINE"
[[ "$COMP_LINE" = *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
read -ra registered <<<"$(complete -p smtpscope)"
"${registered[-2]}" smtpscope "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""

# Every way to offer something ends in compadd; what it would add is written down instead.
ZSH = r"""
fpath=("$FOLDER" $fpath); autoload -Uz compinit; compinit -u -D; PROMPT='ready>'
compadd() {
  local -a hits
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] { builtin compadd "$@"; return }
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- $hits >>"$OFFERED"
  builtin compadd "$@"
}
asked() { zle complete-word; : >"$OFFERED.done" }
zle -N asked; bindkey '^X' asked
"""


def zsh(script, line):
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(script, os.path.join(folder, "_smtpscope"))
        setup, offered = os.path.join(folder, "setup"), os.path.join(folder, "offered")
        with open(setup, "w", encoding="utf-8") as file:
            file.write(ZSH)
        process, terminal = pty.fork()
        if process == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], dict(os.environ, FOLDER=folder, OFFERED=offered, TERM="dumb"))
        said = b""

        def until(reached):
            nonlocal said
            end = time.time() + 60
            while time.time() < end and not reached():
                if select.select([terminal], [], [], 0.05)[0]:
                    said += os.read(terminal, 65536)

        os.write(terminal, f"source {setup}\n".encode())
        until(lambda: b"ready>" in said)
        os.write(terminal, line.encode() + b"\x18")
        until(lambda: os.path.exists(offered + ".done"))
        os.close(terminal)
        os.waitpid(process, 0)
        if not os.path.exists(offered):
            return ""
        with open(offered, encoding="utf-8") as file:
            return file.read()


def main():
    shell, script, line = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]
    if shell == "zsh":
        said = zsh(script, line)
    else:
        call = {
            "bash": ["bash", "--norc", "-c", BASH, "bash", script, line],
            "fish": ["fish", "--no-config", "-c", f"source $argv[1]; complete --do-complete $argv[2]", script, line],
        }[shell]
        said = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    # fish adds what a candidate means behind a tab.
    print("\n".join(sorted({line.split("\t")[0].strip() for line in said.splitlines()} - {""})))


main()
