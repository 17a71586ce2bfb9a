#!/usr/bin/env python3
"""Writes the manual page smtpscope(1) from what the program says of itself and from smtpscope.1.in.

Commands, options, values and examples come from the program, so that the page has what the program has. What else
there is to say stands in smtpscope.1.in, in mdoc(7), with @marks@ where the rest goes.

    manual.py PROGRAM >smtpscope.1
"""

import datetime
import json
import os
import re
import subprocess
import sys
import textwrap

WIDTH = 68


def ask(program, *arguments):
    """What the program prints when it is asked so."""
    environment = dict(os.environ, COLUMNS="200", LC_ALL="C.UTF-8")
    return subprocess.run([program, *arguments], env=environment, check=True, capture_output=True, text=True).stdout


def escaped(text):
    """Text as roff reads it: option dashes stay dashes, and what is not ASCII is named."""
    text = text.replace("\\", "\\e")
    text = re.sub(r"(?<![\w-])--?(?=[\w-])", lambda dashes: "\\-" * len(dashes[0]), text)
    return "".join(letter if ord(letter) < 128 else f"\\[u{ord(letter):04X}]" for letter in text)


def lines(text):
    """A text as lines of roff: a sentence begins a line, and no line is a macro by accident."""
    result = []
    for paragraph in text.split("\n\n"):
        if result:
            result.append(".Pp")
        for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z\"])", " ".join(paragraph.split())):
            for line in textwrap.wrap(sentence, WIDTH, break_long_words=False, break_on_hyphens=False):
                result.append(("\\&" if line[0] in ".'" else "") + escaped(line))
    return result


def flag(name):
    return "Fl " + ("\\-" if name["kind"] == "long" else "") + escaped(name["name"])


def names(argument):
    """Short names first, as manual pages have it."""
    return sorted(argument.get("names", []), key=lambda name: name["kind"] == "long")


def tag(argument):
    value = f" Ar {escaped(argument['valueName'])}" if argument["kind"] == "option" else ""
    return ".It " + " , ".join(flag(name) + value for name in names(argument))


def description(argument):
    text = argument.get("abstract", "")
    values, default = argument.get("allValues"), argument.get("defaultValue")
    if values:
        text += " One of " + ", ".join(values) + "."
    if default:
        text += f" Unless given: {default}."
    return lines(text)


def visible(command, kinds):
    return [
        argument
        for argument in command.get("arguments", [])
        if argument["kind"] in kinds and argument.get("shouldDisplay", True)
        and not any(name["name"] in ("help", "version") for name in argument.get("names", []))
    ]


def key(argument):
    return json.dumps([argument.get(part) for part in ("names", "abstract", "valueName", "allValues", "defaultValue")])


def options(arguments):
    result = [".Bl -tag -width Ds"]
    title = None
    for argument in arguments:
        section = argument.get("sectionTitle")
        if section != title and section:
            result += [".El", ".Pp", *lines(section.rstrip(".:") + ":"), ".Bl -tag -width Ds"]
        elif section != title:
            result += [".El", ".Pp", "Others:", ".Bl -tag -width Ds"]
        title = section
        result += [tag(argument), *description(argument)]
    return result + [".El"]


def usage(command):
    """The command's line of the synopsis."""
    result = [".Nm", f".Cm {command['commandName']}"]
    result.append(".Op Ar options")
    for argument in visible(command, ["option", "flag"]):
        if not argument["isOptional"]:
            result.append(f".{flag(names(argument)[0])} Ar {escaped(argument['valueName'])}")
    for argument in visible(command, ["positional"]):
        value = f"Ar {escaped(argument['valueName'])}" + (" ..." if argument["isRepeating"] else "")
        result.append(f".Op {value}" if argument["isOptional"] else f".{value}")
    return result


def section(command, shared):
    result = [f".Ss {command['commandName']}", *lines(command.get("abstract", ""))]
    if command.get("discussion"):
        result += [".Pp", *lines(command["discussion"])]
    operands = visible(command, ["positional"])
    if operands:
        result += [".Bl -tag -width Ds"]
        for argument in operands:
            dots = " ..." if argument["isRepeating"] else ""
            result += [f".It Ar {escaped(argument['valueName'])}{dots}", *description(argument)]
        result += [".El"]
    every = visible(command, ["option", "flag"])
    own = [argument for argument in every if key(argument) not in shared]
    others = [argument for argument in every if key(argument) in shared]
    if own:
        result += options(own)
    if others:
        result += [".Pp", f"It also takes these, which the section", ".Sx SHARED OPTIONS", "describes:"]
        for argument in others:
            comma = " ." if argument is others[-1] else " ,"
            result.append(f".{flag(names(argument)[-1])}{comma}")
    return result


def examples(program, names):
    result = []
    for name in ["", *names]:
        said = ask(program, *(["help", name] if name else ["--help"]))
        calls = said.partition("\nEXAMPLES:\n")[2].splitlines()
        for call, does in zip(calls[::2], calls[1::2]):
            if call.strip() in result:
                continue
            result += [".Pp", *lines(does.strip()), ".Dl " + escaped(call.strip())]
    # An example that two commands give stands here once.
    once = []
    for index in range(0, len(result)):
        if result[index] == ".Pp":
            block = result[index:next((i for i in range(index + 1, len(result)) if result[i] == ".Pp"), len(result))]
            if not any(block[-1] == line for line in once):
                once += block
    return once[1:]


def main():
    program = os.path.abspath(sys.argv[1])
    template = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smtpscope.1.in")
    root = json.loads(ask(program, "--experimental-dump-help"))["command"]
    commands = [c for c in root["subcommands"] if c.get("shouldDisplay", True) and c["commandName"] != "help"]

    users = {}
    for command in commands:
        for argument in visible(command, ["option", "flag"]):
            users.setdefault(key(argument), (argument, []))[1].append(command["commandName"])
    shared = {name: use for name, use in users.items() if len(use[1]) > 1}
    common = []
    for argument, commands_of in sorted(shared.values(), key=lambda use: names(use[0])[-1]["name"]):
        users_text = ", ".join(commands_of[:-1]) + " and " + commands_of[-1]
        common += [tag(argument), *description(argument), f"({users_text})"]

    date = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", 0)) or None, datetime.timezone.utc) \
        if os.environ.get("SOURCE_DATE_EPOCH") else datetime.datetime.now(datetime.timezone.utc)
    marks = {
        "date": f"{date:%B} {date.day}, {date.year}",
        "version": ask(program, "--version").strip(),
        "synopsis": "\n".join(line for command in commands for line in usage(command)),
        "commands": "\n".join(line for command in commands for line in section(command, shared)),
        "shared": "\n".join([".Bl -tag -width Ds", *common, ".El"]),
        "examples": "\n".join(examples(program, [command["commandName"] for command in commands])),
    }
    with open(template, encoding="utf-8") as file:
        page = re.sub(r"@(\w+)@", lambda mark: marks[mark[1]], file.read())
    sys.stdout.write(page)


main()
