#!/usr/bin/env python3
"""Runs a smtpscope that counts its own branches on the workloads, and keeps the counts for the release build.

The compiler lays out, inlines and splits the code by release.profdata (Package.swift hands it over). Counts of functions
that were changed since then are passed over: they cost speed and nothing else. `make profile` builds and calls this.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from harness import workloads
from harness.machine import BENCHMARKS, PACKAGE, fail

KEPT = BENCHMARKS / "release.profdata"
# What people do most, with megabytes of each kind of traffic and threads: enough to tell what is common from what is rare.
RUNS = [
    ("small", 50, 1, ["analyze", "--format", "ndjson"]),
    ("small", 50, 2, ["analyze", "--format", "ndjson"]),
    ("small", 50, 1, ["analyze"]),
    ("lossy", 60, 1, ["analyze", "--format", "ndjson"]),
    ("background", 60, 2, ["analyze", "--format", "ndjson"]),
    ("manyflows", 30, 1, ["analyze", "--format", "ndjson"]),
    ("small", 50, 1, ["extract", "--as", "eml", "-o"]),
]


def tool():
    """llvm-profdata of the Swift toolchain: another one may write a form that the compiler does not read."""
    beside = pathlib.Path(os.path.realpath(shutil.which("swift") or "swift")).parent / "llvm-profdata"
    return beside if beside.exists() else fail(f"{beside} is not there")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path, help="a release build made with SMTPSCOPE_PROFILING=1")
    binary = parser.parse_args().binary
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for number, (kind, megabytes, jobs, arguments) in enumerate(RUNS):
            workload = workloads.prepare({kind}, megabytes, extracts=True)[kind]
            output = [scratch / "messages"] if arguments[-1] == "-o" else []
            environment = os.environ | {"LLVM_PROFILE_FILE": str(scratch / f"{number}.profraw")}
            command = [binary, *arguments, *output, "--jobs", str(jobs), workload.path]
            run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
            if run.returncode:
                fail(f"exit status {run.returncode} from {' '.join(map(str, command))}: {run.stderr.decode()}")
        counts = sorted(scratch.glob("*.profraw"))
        # Some functions are named after the object file that they are in: it lies elsewhere next time.
        subprocess.run([tool(), "merge", "--sparse", "--no-function=.*;.*", "-o", KEPT, *counts], check=True)
    functions = subprocess.run([tool(), "show", KEPT], check=True, capture_output=True, text=True).stdout
    if "Total functions: 0" in functions or str(PACKAGE) in functions:
        fail("nothing was counted: is the binary built with SMTPSCOPE_PROFILING=1?")
    print(f"{KEPT}: {KEPT.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
