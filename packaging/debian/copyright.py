#!/usr/bin/env python3
"""Prints the package's copyright file: ours, and that of every Swift package that is linked into the program.

    copyright.py .build
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def found(folder, pattern):
    """The text of the first file in the folder whose name begins so; None where there is none."""
    for name in sorted(os.listdir(folder)):
        if re.match(pattern, name, re.IGNORECASE) and os.path.isfile(os.path.join(folder, name)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                return file.read()
    return None


def linked(build):
    """The checkouts of which a module was built for the program, with the folders of those modules."""
    built = {name.removesuffix(".build") for name in os.listdir(os.path.join(build, "release")) if name.endswith(".build")}
    checkouts = os.path.join(build, "checkouts")
    for name in sorted(os.listdir(checkouts)):
        sources = os.path.join(checkouts, name, "Sources")
        modules = sorted(built.intersection(os.listdir(sources))) if os.path.isdir(sources) else []
        if modules:
            yield name, os.path.join(checkouts, name), [os.path.join(sources, module) for module in modules]


def indented(text):
    return "\n".join(" " + (line.rstrip() or ".") for line in text.strip().splitlines())


def main():
    ours = found(os.path.join(HERE, "..", ".."), r"(LICEN[CS]E|COPYING)")
    print("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/")
    print("Upstream-Name: smtpscope\n")
    print("Files: *\nCopyright: the authors of smtpscope\nLicense: smtpscope")
    print(indented(ours or "The sources come without a licence: no right is granted but by their authors' leave."))
    # Swift's standard library and FoundationEssentials are linked into the program too.
    packages = [("swift", "Apache License", None)]
    for name, folder, modules in linked(sys.argv[1]):
        licence = found(folder, r"(LICEN[CS]E|COPYING)")
        if licence is None:
            sys.exit(f"{name} has no licence file")
        packages.append((name, licence, found(folder, r"NOTICE")))
        # A module of somebody else's code within it.
        for module in modules:
            licence = found(module, r"(LICEN[CS]E|COPYING)")
            if licence:
                packages.append((name + "/" + os.path.basename(module), licence, None))
    for name, licence, notice in packages:
        is_apache = "Apache License" in licence[:400]
        owner = re.search(r"^\s*Copyright (?:\(c\) )?(?!\[)(.+)$", licence, re.MULTILINE)
        copyright = owner[1] if owner and not is_apache else f"the {name} project's authors"
        print(f"\nFiles: {name}/*\nCopyright: {copyright}\nLicense: {'Apache-2.0' if is_apache else os.path.basename(name)}")
        if not is_apache:
            print(indented(licence))
        if notice:
            print("Comment:\n" + indented(notice))
    print("\nLicense: Apache-2.0")
    print(" On Debian systems the licence stands in /usr/share/common-licenses/Apache-2.0.")


main()
