#!/usr/bin/env python3
"""Prints the completions for a shell: those that the program generates, and what they lack behind them.

    completions.py PROGRAM bash|zsh|fish

What they lack: `smtpscope capture.pcap` is a call of analyze, whose name need not be typed. completions/SHELL says so in
the shell's own words; @commands@ stands there for the names of the commands.
"""

import json
import os
import re
import subprocess
import sys


def main():
    program, shell = os.path.abspath(sys.argv[1]), sys.argv[2]

    def ask(*arguments):
        return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout

    commands = [c["commandName"] for c in json.loads(ask("--experimental-dump-help"))["command"]["subcommands"]]
    if "help" not in commands:
        commands.append("help")
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "completions")
    with open(os.path.join(folder, "default." + shell), encoding="utf-8") as file:
        addition = file.read().replace("@commands@", " ".join(commands))
    script = ask("--generate-completion-script", shell)
    if shell == "zsh":
        # The end calls the function: what changes it stands before that.
        start, end = re.fullmatch(r"(.*\n)(if \[\[ \"\$\{funcstack\[1\].*)", script, re.DOTALL).groups()
        script = start + addition + "\n" + end
    else:
        # It is sourced, not run.
        script = script.removeprefix("#!/bin/bash\n").lstrip("\n") + "\n" + addition
    sys.stdout.write(script)


main()
