#!/usr/bin/env python3
"""Measures the built smtpscope and prints its figures as Markdown tables.

Whole runs stand beside two bare loops over the same file (limits.c): libpcap counting packets, and libpcap with SHA-256
over each TCP payload. They run in turn, again and again, so that a machine that slows down slows all of them: read the
ratios. Before a row is timed its output is held against what is in the capture. The captures are made by generate.py and
kept in .build/benchmarks. Parts of the program are measured in instructions (valgrind), which hardly vary.

Exit status: 0 done, 1 something is wrong, slower than the baseline, or could not be measured.
"""

import argparse
import os
import pathlib
import resource
import sys

from harness import baseline, micro, startup, tables, whole, workloads
from harness.machine import PACKAGE, fail, limits, say

ROWS = {row.name: row for row in whole.ROWS}
# The bare loops get nearly all of a core on a quiet machine.
QUIET = 0.93


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*ROWS, "start", "micro"]
    parser.add_argument("capture", nargs="?", type=pathlib.Path, help="an Ethernet capture to measure instead of the workloads")
    parser.add_argument("--only", action="append", choices=names, metavar="ROW", help=f"one of: {', '.join(names)}")
    parser.add_argument("--mb", type=float, help="no workload larger than so many millions of bytes")
    parser.add_argument("--runs", type=int, default=5, help="rounds, of which the median counts (default 5)")
    parser.add_argument("--binary", type=pathlib.Path, default=PACKAGE / ".build" / "release" / "smtpscope")
    parser.add_argument("--micro", type=pathlib.Path, metavar="BINARY", help="the built micro-benchmarks (default: build them)")
    parser.add_argument("--write-readme", action="store_true", help="put the tables into README.md")
    parser.add_argument("--save", metavar="FILE", help="keep the figures as a baseline")
    parser.add_argument("--compare", metavar="FILE", help="say what is slower than the baseline")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if options.mb is not None and options.mb <= 0:
        parser.error("--mb must be more than 0")
    if options.capture and not options.capture.is_file():
        parser.error(f"{options.capture} is not a file")
    options.only = options.only or (["no-hash", "hash"] if options.capture else names)
    if options.only != ["micro"] and not os.access(options.binary, os.X_OK):
        fail(f"{options.binary} is not built; run make build")
    return options


def measure(options):
    """Whole runs, starts, instruction counts, and how quiet the machine was."""
    rows = [row for name, row in ROWS.items() if name in options.only]
    kinds = {row.workload for row in rows} | ({"small"} if "start" in options.only else set())
    figures, starts, counts, quiet = [], [], [], 1.0
    if kinds:
        limits()
        captures = captures_for(kinds, options)
        figures, quiet = whole.measure(options.binary, rows, captures, options.runs)
    if "start" in options.only:
        starts = startup.measure(options.binary, captures["small"])
    if "micro" in options.only:
        counts = micro.measure(options.micro)
    return figures, starts, counts, quiet


def captures_for(kinds, options):
    """By the kind of workload: the generator's, or in place of each the one that was given."""
    if options.capture:
        return dict.fromkeys(kinds, workloads.GivenCapture(options.capture))
    return workloads.prepare(sorted(kinds), options.mb, "extract" in options.only)


def main():
    options = arguments()
    before = baseline.load(options.compare) if options.compare else None
    figures, starts, counts, quiet = measure(options)
    # The system counts what a child was before it became its program: Python's own peak hides smaller ones.
    python_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    text = tables.document(
        [
            tables.whole_table(figures, options.runs, python_peak) if figures else [],
            tables.start_table(starts) if starts else [],
            tables.micro_table(counts) if counts else [],
        ]
    )
    print(text)
    is_quiet = quiet >= QUIET
    if not is_quiet:
        say(f"the machine was busy: the loops got {quiet:.0%} of a core; these figures are not to be kept")
    if options.write_readme:
        is_partial = options.mb or options.capture or not {*ROWS, "start"} <= set(options.only)
        if is_partial or not is_quiet:
            fail("README.md gets figures of all rows at full size on a quiet machine only")
        tables.write_readme(text)
    kept = baseline.record(figures, starts, counts)
    if options.save:
        if not is_quiet:
            fail("a baseline of a busy machine would be none")
        baseline.save(options.save, kept)
    if before is not None and not baseline.compare(before, kept):
        sys.exit(1)
    if not (figures or starts or counts):
        sys.exit(1)


if __name__ == "__main__":
    main()
