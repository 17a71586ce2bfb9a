"""Whole runs of the program on the workloads, each beside the bare loop that bounds it."""

import dataclasses
import filecmp
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from .machine import BENCHMARKS, BUILD, cores, fail, limits, run_timed, say

MEBIBYTE = 1 << 20
NDJSON = ("analyze", "--format", "ndjson")


@dataclasses.dataclass(frozen=True)
class Row:
    """A kind of work, and how much longer than a bare loop it may take: (a) counts packets, (s) hashes payloads."""

    name: str
    title: str
    workload: str
    command: tuple
    loop: str
    # By the number of threads.
    bounds: dict
    peak: int | None = None


ROWS = [
    Row("no-hash", "analyze, without hashes", "large", (*NDJSON, "--no-hash"), "a", {1: 2.0, 2: 1.3}, 64 * MEBIBYTE),
    Row("hash", "analyze", "large", NDJSON, "s", {1: 1.4, 2: 0.8}, 64 * MEBIBYTE),
    Row("background", "analyze, 5 % mail", "background", NDJSON, "a", {1: 1.5, 2: 1.2}, 64 * MEBIBYTE),
    Row("manyflows", "analyze, short connections", "manyflows", NDJSON, "a", {1: 6.0, 2: 4.0}, 256 * MEBIBYTE),
    Row("lossy", "analyze, lossy path", "lossy", NDJSON, "s", {1: 1.6, 2: 1.0}),
    Row("extract", "extract", "large", ("extract",), "s", {1: 2.0, 2: 1.4}),
]


@dataclasses.dataclass
class Figure:
    """What was measured of a row with a number of threads."""

    row: Row
    threads: int
    seconds: float
    fastest: float
    slowest: float
    loop_seconds: float
    megabytes_a_second: float
    peak: int

    @property
    def name(self):
        return f"{self.row.name}/{self.threads}"

    @property
    def ratio(self):
        return self.seconds / self.loop_seconds

    @property
    def bound(self):
        return self.row.bounds[self.threads]

    @property
    def is_fast_enough(self):
        return self.ratio <= self.bound

    @property
    def is_small_enough(self):
        return self.row.peak is None or self.peak <= self.row.peak


class Scratch:
    """Where outputs go: into memory where that has room, so that no disk is measured."""

    def __init__(self, megabytes):
        memory = "/dev/shm"
        has_room = os.path.isdir(memory) and shutil.disk_usage(memory).free > 2e6 * megabytes
        self.path = tempfile.mkdtemp(prefix="smtpscope-bench-", dir=memory if has_room else BUILD)
        self.output = os.path.join(self.path, "output")
        self.messages = os.path.join(self.path, "messages")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Measurement:
    """One row: the output is held against the truth, then all contestants run in turn, round after round."""

    def __init__(self, binary, row, workload, runs):
        self.binary = binary
        self.row = row
        self.workload = workload
        self.runs = runs
        # Wall and processor time of the loops: they differ where others use the machine.
        self.loop_wall = self.loop_processor = 0.0

    def figures(self):
        with Scratch(self.workload.megabytes) as scratch:
            self.workload.warm()
            self._check(scratch)
            return self._measure(scratch)

    def _command(self, threads, scratch):
        command = [self.binary, *self.row.command, "--jobs", str(threads), self.workload.path]
        return command + (["--quiet", "-o", scratch.messages] if self._extracts else [])

    @property
    def _extracts(self):
        return self.row.command[0] == "extract"

    def _run(self, threads, scratch):
        shutil.rmtree(scratch.messages, ignore_errors=True)
        return run_timed(self._command(threads, scratch), scratch.output)

    def _check(self, scratch):
        """What is fast must be right, and the same with any number of threads."""
        first = scratch.output + "-1"
        for threads in self.row.bounds:
            self._run(threads, scratch)
            self._check_truth(threads, scratch.messages if self._extracts else scratch.output)
            if threads == 1:
                os.replace(scratch.output, first)
            elif not filecmp.cmp(first, scratch.output, shallow=False):
                fail(f"{self.row.name}: one thread and {threads} give different output")
        os.remove(first)

    def _check_truth(self, threads, found):
        if self.workload.truth_path is None:
            return
        check = [sys.executable, BENCHMARKS / "check.py", self.workload.truth_path, found]
        if subprocess.run(check).returncode:
            fail(f"{self.row.name}: the output with {threads} thread(s) is not what is in the capture")

    def _measure(self, scratch):
        usages = {name: [] for name in ("a", "s", *self.row.bounds)}
        loops = {"a": "count", "s": "hash"}
        for _ in range(self.runs):
            for name, runs in usages.items():
                if name in loops:
                    usage = run_timed([limits(), loops[name], self.workload.path], scratch.output)
                    self.loop_wall += usage.seconds
                    self.loop_processor += usage.processor_seconds
                else:
                    usage = self._run(name, scratch)
                runs.append(usage)
        return [self._figure(threads, usages) for threads in self.row.bounds]

    def _figure(self, threads, usages):
        seconds = [usage.seconds for usage in usages[threads]]
        median = statistics.median(seconds)
        return Figure(
            row=self.row,
            threads=threads,
            seconds=median,
            fastest=min(seconds),
            slowest=max(seconds),
            loop_seconds=statistics.median(usage.seconds for usage in usages[self.row.loop]),
            megabytes_a_second=self.workload.path.stat().st_size / 1e6 / median,
            peak=max(usage.peak for usage in usages[threads]),
        )


def measure(binary, rows, workloads, runs):
    """The figures of all rows, and how much of the machine the bare loops got."""
    figures, wall, processor = [], 0.0, 0.0
    if cores() < 2:
        say("there is one core: the figures for two threads mean nothing")
    for row in rows:
        say(f"measuring {row.name}")
        measurement = Measurement(binary, row, workloads[row.workload], runs)
        figures += measurement.figures()
        wall += measurement.loop_wall
        processor += measurement.loop_processor
    return figures, processor / wall if wall else 1.0
