#!/usr/bin/env python3
"""Times `smtpscope analyze --format ndjson`, with one thread and with as many as there are cores, on a capture against two
bare loops over the same file.

The loops (limits.c) are what a reader cannot do without: handing over packets through libpcap, and hashing the payloads.
They run in turn, again and again, so that a machine that slows down slows all of them: read the ratios, not the
seconds. Without a capture a synthetic one is made (generate.py) and kept in .build/benchmarks.
"""

import argparse
import json
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / ".build" / "benchmarks"


def fail(sentence):
    sys.exit(f"run.py: {sentence}")


def limits():
    """The bare loops, built when their source is newer."""
    binary = BUILD / "limits"
    source = HERE / "limits.c"
    if binary.exists() and binary.stat().st_mtime >= source.stat().st_mtime:
        return binary
    compiler = shutil.which("cc") or shutil.which("clang") or fail("no C compiler found")
    built = subprocess.run([compiler, "-O2", "-o", binary, source, "-lpcap", "-lcrypto"], capture_output=True, text=True)
    if built.returncode:
        sys.stderr.write(built.stderr)
        fail("limits.c does not build; on Debian: apt-get install libpcap-dev libssl-dev")
    return binary


def synthetic(megabytes, seed):
    path = BUILD / f"synthetic-{megabytes}-{seed}.pcap"
    generator = HERE / "generate.py"
    if not path.exists() or path.stat().st_mtime < generator.stat().st_mtime:
        print(f"making {path.name}", file=sys.stderr)
        unfinished = path.with_suffix(".part")
        command = [sys.executable, generator, "-o", unfinished, "--mb", str(megabytes), "--seed", str(seed)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os.replace(f"{unfinished}.json", f"{path}.json")
        os.replace(unfinished, path)
    return path


def timed(command):
    """Seconds, those of them that it computed, and peak resident bytes of a run whose output goes nowhere."""
    begun = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        fail(f"exit status {process.returncode} from: {' '.join(map(str, command))}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def check(command, capture):
    """Compares what smtpscope counted with what the generator wrote, where that is known."""
    truth = pathlib.Path(f"{capture}.json")
    if not truth.exists():
        return
    last = b"{}"
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            last = line
    summary = json.loads(last)
    expected = json.loads(truth.read_text())
    for key in ("sessions", "messages", "message_bytes"):
        if summary.get(key) != expected[key]:
            fail(f"smtpscope counts {summary.get(key)} {key.replace('_', ' ')}, the capture has {expected[key]}")
    print(f"counts are right: {expected['sessions']} sessions, {expected['messages']} messages", file=sys.stderr)


def processor():
    try:
        names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    except OSError:
        names = []
    return f"{names[0]}, {os.cpu_count()} cores" if names else f"{platform.machine()}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", nargs="?", help="an Ethernet capture that libpcap reads; default: a synthetic one")
    parser.add_argument("--mb", type=int, default=200, help="size of the synthetic capture (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the synthetic capture (default 1)")
    parser.add_argument("--runs", type=int, default=5, help="rounds, of which the median counts (default 5)")
    parser.add_argument("--binary", default=HERE.parent / ".build" / "release" / "smtpscope", help="what is measured")
    parser.add_argument("--cpu", action="store_true", help="compare processor time, which is steadier where others work too")
    parser.add_argument("--option", action="append", default=[], help="one more option for smtpscope, as in --option=--jobs=1")
    options = parser.parse_args()
    if options.runs < 1:
        fail("--runs must be at least 1")
    if not os.access(options.binary, os.X_OK):
        fail(f"{options.binary} is not built; run make build")
    BUILD.mkdir(parents=True, exist_ok=True)
    capture = pathlib.Path(options.capture) if options.capture else synthetic(options.mb, options.seed)
    if not capture.is_file():
        fail(f"{capture} is not a file")

    analyze = [options.binary, "analyze", "--format", "ndjson", *options.option, capture]
    contestants = {
        "a  libpcap counts": [limits(), "count", capture],
        "s  libpcap + SHA-256": [limits(), "hash", capture],
        "smtpscope, one thread": [*analyze, "--jobs", "1"],
        "smtpscope": analyze,
    }
    with open(capture, "rb") as file:  # into the page cache: the disk is not what is measured
        while file.read(1 << 20):
            pass
    check(analyze, capture)
    seconds = {name: [] for name in contestants}
    memory = {name: 0 for name in contestants}
    for _ in range(options.runs):
        for name, command in contestants.items():
            taken, computed, peak = timed(command)
            seconds[name].append(computed if options.cpu else taken)
            memory[name] = max(memory[name], peak)

    size = capture.stat().st_size
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    # The system counts what a child was before it became its program: Python's own peak hides smaller ones.
    hidden = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    floor_a, floor_s = list(medians.values())[:2]
    print(f"{capture.name}, {size / 1e6:.0f} MB; {processor()}; median of {options.runs}, fastest and slowest beside it\n")
    unit = "processor seconds" if options.cpu else "seconds"
    print(f"| {'':21} | {unit:>21} | {'MB/s':>6} | {'× a':>6} | {'× s':>6} | {'peak MB':>7} |")
    print(f"|{'-' * 23}|{'-' * 22}:|{'-' * 7}:|{'-' * 7}:|{'-' * 7}:|{'-' * 8}:|")
    for name, median in medians.items():
        spread = f"{median:.3f} ({min(seconds[name]):.3f}–{max(seconds[name]):.3f})"
        peak = f"< {hidden / 1e6:.0f}" if memory[name] <= hidden else f"{memory[name] / 1e6:.0f}"
        print(
            f"| {name:21} | {spread:>21} | {size / 1e6 / median:6.0f} | {median / floor_a:6.2f} | {median / floor_s:6.2f} "
            f"| {peak:>7} |"
        )


if __name__ == "__main__":
    main()
