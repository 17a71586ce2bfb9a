#!/usr/bin/env python3
"""Builds the fuzzer, runs targets for some time, and says what came of it.

    python3 Fuzzing/fuzz.py [--seconds N] [--workers N] [TARGET...]     all targets unless some are named
    python3 Fuzzing/fuzz.py --keep [TARGET...]                          what was found goes into Fuzzing/Corpus, within bounds

What a run finds is kept in .build/fuzzing-corpus/TARGET and built upon by the next one; executions are added up in
.build/fuzzing-executions.json. An input that breaks something is left in .build/fuzzing-broken/TARGET: put it into
Fuzzing/Corpus/TARGET when it is mended, where `make test` replays it.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
SCRATCH = BUILD / "fuzzing"
TALLY = BUILD / "fuzzing-executions.json"
TARGETS = "captures frames streams dialogue headers mime dkim tls keylogs pcapng escaping outputs".split()
# Of each target the repository keeps at most so many inputs and bytes: those that reach the most come first.
MOST_INPUTS = 80
MOST_BYTES = 160_000


def build(targets):
    """Each target is a program of its own; gives the directory where they are."""
    command = ["swift", "build", "-c", "release", "--scratch-path", str(SCRATCH)]
    if len(targets) == 1:
        command += ["--product", f"fuzz-{targets[0]}"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"SMTPSCOPE_FUZZING": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.stderr.buffer.write(done.stdout[-20000:])
        sys.exit("the fuzzer could not be built")
    return SCRATCH / "release"


def environment():
    # Looking up the names of a crash's frames takes minutes with a program of this size; noting where each piece of memory was
    # taken and given back takes half the time of a small target.
    return os.environ | {
        "SWIFT_BACKTRACE": "enable=no",
        "ASAN_OPTIONS": "symbolize=0:detect_leaks=0:allocator_may_return_null=0:malloc_context_size=1:quarantine_size_mb=16"}


def run(programs, target, seconds, workers, longest, seed):
    found = BUILD / "fuzzing-corpus" / target
    broken = BUILD / "fuzzing-broken" / target
    corpus = ROOT / "Fuzzing" / "Corpus" / target
    for directory in (found, broken, corpus):
        directory.mkdir(parents=True, exist_ok=True)
    longest = longest or 4096
    # Each function that is reached for the first time would be printed, and its name looked up in a process of its own.
    command = [
        str(programs / f"fuzz-{target}"), f"-max_total_time={seconds}", f"-max_len={longest}", "-timeout=25",
        "-rss_limit_mb=2048", "-detect_leaks=0", "-print_funcs=0", "-print_final_stats=1", f"-seed={seed}", f"-artifact_prefix={broken}/", str(found), str(corpus)]
    running = []
    for worker in range(workers):
        log = tempfile.TemporaryFile()
        running.append((subprocess.Popen(
            command, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log), log))
    executions = 0
    failures = []
    for process, log in running:
        try:
            process.wait(timeout=seconds + 120)
        except subprocess.TimeoutExpired:
            process.kill()
            failures.append("it did not end")
        log.seek(0)
        text = log.read().decode(errors="replace")
        runs = re.findall(r"stat::number_of_executed_units:\s*(\d+)", text) or re.findall(r"^#(\d+)\s", text, re.M)
        executions += int(runs[-1]) if runs else 0
        if process.returncode:
            said = re.findall(r"Fatal error: (.*)|ERROR: (.*)", text)
            failures.append(next((a or b for a, b in said), f"status {process.returncode}"))
    tally = json.loads(TALLY.read_text()) if TALLY.exists() else {}
    tally[target] = tally.get(target, 0) + executions
    TALLY.write_text(json.dumps(tally, indent=2) + "\n")
    print(f"{target:10} {executions:12,} executions in {seconds} s, {tally[target]:14,} in all", flush=True)
    for failure in failures:
        print(f"{target:10} BROKEN: {failure[:300]}; the input is in {broken.relative_to(ROOT)}", flush=True)
    return not failures


def keep(programs, target):
    """The inputs that together reach all that is reached, the smallest that do; within bounds."""
    corpus = ROOT / "Fuzzing" / "Corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    named = [path for path in corpus.iterdir() if not re.fullmatch(r"[0-9a-f]{40}", path.name)]
    with tempfile.TemporaryDirectory() as merged:
        command = [
            str(programs / f"fuzz-{target}"), "-merge=1", "-max_len=8192", merged,
            str(BUILD / "fuzzing-corpus" / target), str(corpus)]
        subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=900, check=True)
        # What libFuzzer merges first is smallest; a share of each size tells more than the smallest alone.
        files = sorted(pathlib.Path(merged).iterdir(), key=lambda path: path.stat().st_size)
        step = max(1, len(files) // MOST_INPUTS)
        chosen, size = [], 0
        for path in files[::step]:
            if len(chosen) < MOST_INPUTS and size + path.stat().st_size <= MOST_BYTES:
                chosen.append(path)
                size += path.stat().st_size
        for path in corpus.iterdir():
            if path not in named:
                path.unlink()
        for path in chosen:
            shutil.copy(path, corpus / path.name)
        print(f"{target:10} {len(chosen)} of {len(files)} inputs kept, {size:,} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--workers", type=int, default=1, help="processes for each target")
    parser.add_argument("--longest", type=int, help="bytes of an input at most: short ones are many")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations; another one each time unless given")
    parser.add_argument("--keep", action="store_true", help="put what was found into Fuzzing/Corpus")
    arguments = parser.parse_args()
    for target in arguments.targets:
        if target not in TARGETS:
            sys.exit(f"{target} is no target; there are: {' '.join(TARGETS)}")
    targets = arguments.targets or TARGETS
    programs = build(targets)
    held = True
    for target in targets:
        if arguments.keep:
            keep(programs, target)
        else:
            held = run(programs, target, arguments.seconds, arguments.workers, arguments.longest, arguments.seed) and held
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
