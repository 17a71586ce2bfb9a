"""Instructions that single parts of the program take, counted by valgrind: nearly the same in every run."""

import dataclasses
import os
import re
import shutil
import subprocess

from .machine import BUILD, PACKAGE, fail, say

FEW, MANY = 2, 12
# The same seed for the hashes of the standard library in every run.
ENVIRONMENT = {"SWIFT_DETERMINISTIC_HASHING": "1"}


@dataclasses.dataclass
class Count:
    name: str
    unit: str
    instructions: float


def build():
    """The program of the kernels, which the package has only where it is asked for."""
    say("building the micro-benchmarks")
    environment = os.environ | {"SMTPSCOPE_BENCHMARKS": "1"}
    command = ["swift", "build", "-c", "release", "--product", "micro"]
    if subprocess.run(command, cwd=PACKAGE, env=environment, stdout=2).returncode:
        fail("the micro-benchmarks do not build")
    return PACKAGE / ".build" / "release" / "micro"


def without_debug_information(program):
    """A copy to be counted: valgrind does not read all the debug information that the compiler writes, and gives up."""
    strip = shutil.which("strip") or shutil.which("llvm-strip")
    if strip is None:
        return program
    BUILD.mkdir(parents=True, exist_ok=True)
    copy = BUILD / "micro"
    subprocess.run([strip, "-g", "-o", copy, program], check=True)
    return copy


def collected(program, kernel, passes):
    """Instructions of the whole run, and what it did: so many operations, of a kind."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, kernel, str(passes)]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | ENVIRONMENT)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        fail(f"{kernel}: valgrind gave exit status {run.returncode} and no count\n{run.stderr}")
    operations, unit = run.stdout.split(maxsplit=1)
    return int(found.group(1)), int(operations), unit.strip()


def count(program, kernel):
    """Instructions an operation: what a longer run has more than a short one, so that the start cancels out."""
    few, few_operations, unit = collected(program, kernel, FEW)
    many, many_operations, _ = collected(program, kernel, MANY)
    return Count(kernel, unit, (many - few) / (many_operations - few_operations))


def measure(program=None):
    """The counts of all kernels; none where valgrind is missing."""
    if shutil.which("valgrind") is None:
        say("valgrind is missing, so no instructions are counted; on Debian: apt-get install valgrind")
        return []
    program = without_debug_information(program or build())
    kernels = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split()
    counts = []
    for kernel in kernels:
        say(f"counting {kernel}")
        counts.append(count(program, kernel))
    return counts


def compiler():
    """Counts are the same for one compiler only."""
    version = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"Swift version (\S+)", version)
    return f"Swift {found.group(1)}" if found else "unknown"
