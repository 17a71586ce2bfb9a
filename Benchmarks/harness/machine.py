"""The machine, and programs run on it."""

import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = BENCHMARKS.parent
BUILD = PACKAGE / ".build" / "benchmarks"


def fail(sentence):
    sys.exit(f"run.py: {sentence}")


def say(sentence):
    print(f"run.py: {sentence}", file=sys.stderr, flush=True)


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def today():
    return time.strftime("%Y-%m-%d")


class Usage:
    """What a run took."""

    def __init__(self, seconds, processor_seconds, peak):
        self.seconds = seconds
        self.processor_seconds = processor_seconds
        self.peak = peak


def run_timed(command, output, errors=None):
    """Runs a program with its output into a file; seconds, and peak resident bytes as the system counted them."""
    with open(output, "wb") as file:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=file, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        fail(f"exit status {process.returncode} from: {' '.join(map(str, command))}")
    return Usage(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def limits():
    """The bare loops of limits.c, built when their source is newer."""
    binary, source = BUILD / "limits", BENCHMARKS / "limits.c"
    if binary.exists() and binary.stat().st_mtime >= source.stat().st_mtime:
        return binary
    compiler = shutil.which("cc") or shutil.which("clang") or fail("no C compiler found")
    BUILD.mkdir(parents=True, exist_ok=True)
    built = subprocess.run([compiler, "-O2", "-o", binary, source, "-lpcap", "-lcrypto"], capture_output=True, text=True)
    if built.returncode:
        sys.stderr.write(built.stderr)
        fail("limits.c does not build; on Debian: apt-get install libpcap-dev libssl-dev")
    return binary
