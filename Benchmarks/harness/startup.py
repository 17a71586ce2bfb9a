"""How long the program takes to begin, beside tcpdump on the same small capture."""

import dataclasses
import os
import shutil
import statistics
import subprocess

from .machine import run_timed, say
from .workloads import head

ROUNDS = 41
SAMPLE_BYTES = 40_000
BOUND = 2.0


@dataclasses.dataclass
class Start:
    name: str
    title: str
    seconds: float
    reference: float | None

    @property
    def ratio(self):
        return self.seconds / self.reference if self.reference else None


def tcpdump(sample):
    """tcpdump printing a capture without asking anyone for names; None where it is missing or will not read it."""
    path = shutil.which("tcpdump") or shutil.which("tcpdump", path="/usr/sbin:/sbin")
    if path is None:
        say("tcpdump is missing, so the start has nothing to be compared with; on Debian: apt-get install tcpdump")
        return None
    command = [path, "-n", "-r", sample]
    if subprocess.run(command, capture_output=True).returncode:
        say("tcpdump does not read the sample, so the start has nothing to be compared with")
        return None
    return command


def measure(binary, workload):
    """The start alone, and with a small capture to read."""
    sample = head(workload, SAMPLE_BYTES)
    commands = {"version": [binary, "--version"], "sample": [binary, sample]}
    reference = tcpdump(sample)
    if reference:
        commands["tcpdump"] = reference
    seconds = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            seconds[name].append(run_timed(command, os.devnull, subprocess.DEVNULL).seconds)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    compared = medians.get("tcpdump")
    return [
        Start("version", "`--version`", medians["version"], compared),
        Start("sample", f"analyze, {SAMPLE_BYTES // 1000} kB", medians["sample"], compared),
    ]
