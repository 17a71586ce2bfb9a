"""The captures that are measured: made when they are not there yet, kept for the next time."""

import json
import shutil
import struct
import subprocess
import sys

from .machine import BENCHMARKS, BUILD, fail, say

MEGABYTES = {"small": 50, "large": 1000, "background": 1000, "manyflows": 350, "lossy": 300}
SEED = 1
# What a run leaves beside the captures while it is measured: records, extracted messages.
SCRATCH_MEGABYTES = {"extract": 1000, None: 500}
GENERATOR_FILES = [BENCHMARKS / "generate.py", *sorted((BENCHMARKS / "workload").glob("*.py"))]


class Workload:
    def __init__(self, kind, limit):
        self.kind = kind
        self.megabytes = min(MEGABYTES[kind], limit or MEGABYTES[kind])
        self.path = BUILD / f"{kind}-{self.megabytes:g}-{SEED}.pcap"
        self.truth_path = BUILD / (self.path.name + ".json")

    @property
    def is_there(self):
        """Whether it was made, whole, by the generator as it is now."""
        if not self.path.exists() or not self.truth_path.exists():
            return False
        return self.truth_path.stat().st_mtime >= max(file.stat().st_mtime for file in GENERATOR_FILES)

    def make(self):
        say(f"making {self.path.name}")
        command = [sys.executable, BENCHMARKS / "generate.py", self.kind, "-o", self.path]
        command += ["--mb", f"{self.megabytes:g}", "--seed", str(SEED)]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            fail(f"{self.path.name} could not be made")

    def truth(self):
        return json.loads(self.truth_path.read_text())

    def warm(self):
        """Reads it once: the disk is not what is measured."""
        with open(self.path, "rb") as file:
            while file.read(1 << 20):
                pass


class GivenCapture:
    """A capture of the user's own, of which nobody says what is in it."""

    truth_path = None

    def __init__(self, path):
        self.path = path
        self.megabytes = path.stat().st_size / 1e6

    warm = Workload.warm


def prepare(kinds, limit, extracts):
    """The workloads by kind, after a look at how much room they need."""
    workloads = {kind: Workload(kind, limit) for kind in kinds}
    BUILD.mkdir(parents=True, exist_ok=True)
    missing = [workload for workload in workloads.values() if not workload.is_there]
    whole = sum(workload.megabytes for workload in workloads.values())
    scratch = SCRATCH_MEGABYTES["extract" if extracts else None] * min(1, (limit or 1000) / 1000)
    needed = 1.2 * sum(workload.megabytes for workload in missing) + scratch
    free = shutil.disk_usage(BUILD).free / 1e6
    say(f"the workloads take {whole:.0f} MB in {BUILD}; {needed:.0f} MB more are needed, {free:.0f} MB are free")
    if free < needed + 500:
        fail("that is too little; --mb N makes smaller workloads, --only ROW fewer")
    for workload in missing:
        workload.make()
    return workloads


def head(workload, size):
    """The first packets of a capture as a file of their own, of about so many bytes."""
    path = BUILD / "sample.pcap"
    with open(workload.path, "rb") as file:
        data = file.read(size)
    end = 24
    while end + 16 <= len(data):
        length = struct.unpack_from("<I", data, end + 8)[0]
        if end + 16 + length > len(data):
            break
        end += 16 + length
    path.write_bytes(data[:end])
    return path
