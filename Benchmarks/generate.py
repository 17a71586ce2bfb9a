#!/usr/bin/env python3
"""Writes a synthetic capture of mail traffic, of one of five kinds:

  small       50 MB     60 connections at once, a tenth of the bytes is other traffic
  large       1000 MB   300 at once, a tenth is other traffic
  background  1000 MB   500 at once, 95 % of the bytes is other traffic: pages, ciphertext, lookups
  manyflows   350 MB    20,000 at once, all short
  lossy       300 MB    200 at once; segments reordered, sent again, and missed by the capture though acknowledged

The same arguments give the same bytes. Beside FILE stands FILE.json: how many sessions, transactions, recipients and
messages are in it and a digest of all messages, so that a benchmark can tell a fast reader from one that skips.
"""

import argparse
import dataclasses
import heapq
import json
import os
import random

from workload.conversation import Conversation, TroubledConversation
from workload.frames import TCP, Capture, Flow
from workload.mail import MailSession, Truth
from workload.others import other_traffic
from workload.texts import Messages, Texts


@dataclasses.dataclass(frozen=True)
class Trouble:
    """How often what happens to a segment."""

    reordered: float
    retransmitted: float
    missed: float


@dataclasses.dataclass(frozen=True)
class Kind:
    megabytes: int
    at_once: int
    # Bytes of a connection, about: fewer are open at once where a capture is too small for so many.
    typical_size: int
    # The part of the bytes that is no mail.
    other: float
    sessions: dict
    short: bool = False
    trouble: Trouble | None = None


# Bytes of a connection that is no mail, about.
OTHER_SIZE = 60_000

USUAL = {"plain": 55, "pipelined": 20, "chunked": 6, "authenticated": 7, "encrypted": 5, "refused": 4, "probe": 3}
SHORT = {"plain": 22, "pipelined": 10, "chunked": 1, "refused": 30, "probe": 37}
KINDS = {
    "small": Kind(50, 60, 80_000, 0.1, USUAL),
    "large": Kind(1000, 300, 80_000, 0.1, USUAL),
    "background": Kind(1000, 500, 80_000, 0.95, USUAL),
    "manyflows": Kind(350, 20_000, 1_700, 0.02, SHORT, short=True),
    "lossy": Kind(300, 200, 80_000, 0.05, USUAL, trouble=Trouble(0.02, 0.01, 0.001)),
}


class World:
    """What all conversations share."""

    def __init__(self, kind, seed):
        self.kind = kind
        self.source = random.Random(seed)
        self.texts = Texts(random.Random(f"texts {seed}"))
        self.messages = Messages(self.texts, kind.short)
        self.truth = Truth()
        self.flows = 0

    def flow(self, port, protocol=TCP):
        """A connection to a port between hosts of which no two connections have the same four numbers."""
        number, source = self.flows, self.source
        self.flows += 1
        host = number % 40_000
        client_port = 1024 + (number // 40_000 * 7 + host) % 64_000
        server = source.randrange(12)
        if source.random() < 0.25:
            prefix = bytes.fromhex("20010db8000000000000000000")
            addresses = (prefix + (host + 1).to_bytes(3, "big"), prefix + b"\xff\0%c" % server)
        else:
            addresses = ((10 << 24 | host + 1).to_bytes(4, "big"), b"\x0a\xff\0%c" % (server + 1))
        return Flow(source, addresses, (client_port, port), protocol, source.random() < 0.5)

    def mail(self):
        names, weights = zip(*self.kind.sessions.items())
        name = self.source.choices(names, weights)[0]
        flow = self.flow(587 if name == "authenticated" else 25)
        if self.kind.trouble:
            conversation = TroubledConversation(flow, self.source, self.kind.trouble)
        else:
            conversation = Conversation(flow, self.source)
        return MailSession(self, conversation, self.source, name).bursts()


class Schedule:
    """Has many conversations take turns until the capture is large enough, then lets those that are open end."""

    def __init__(self, world, capture, target):
        self.world = world
        self.capture = capture
        self.target = target
        self.queue = []
        self.started = 0
        self.ended = 0
        self.written = {True: 0, False: 0}

    def run(self):
        kind, source = self.world.kind, self.world.source
        at_once = max(1, min(kind.at_once, self.target // (3 * kind.typical_size)))
        for _ in range(at_once):
            self.start(source.randrange(at_once * 1000))
        while self.queue:
            self.step()

    def start(self, time):
        is_mail = self.is_mail_due()
        bursts = self.world.mail() if is_mail else other_traffic(self.world, self.world.source)
        heapq.heappush(self.queue, (time, self.started, is_mail, bursts))
        self.started += 1

    def is_mail_due(self):
        """Whether mail has fallen behind its part of the bytes; before there are any, chance decides."""
        kind, written = self.world.kind, self.written
        if written[True] + written[False] > 0:
            return written[False] >= kind.other * (written[True] + written[False])
        mail, other = (1 - kind.other) / kind.typical_size, kind.other / OTHER_SIZE
        return self.world.source.random() * (mail + other) < mail

    def step(self):
        time, number, is_mail, bursts = self.queue[0]
        capture = self.capture
        if capture.clock < time:
            capture.clock = time
        burst = next(bursts, None)
        if burst is not None:
            frames, wait = burst
            self.written[is_mail] += capture.write(frames)
            heapq.heapreplace(self.queue, (capture.clock + wait, number, is_mail, bursts))
            return
        heapq.heappop(self.queue)
        self.ended += 1
        # What is open is half done, on average.
        to_come = len(self.queue) * capture.bytes / self.ended / 2
        if capture.bytes + to_come < self.target:
            self.start(capture.clock + self.world.source.randrange(20_000))


def generate(path, name, megabytes=None, seed=1):
    """Makes the capture and what is true of it; neither has its name before it is whole."""
    kind = KINDS[name]
    world = World(kind, f"{name} {seed}")
    capture = Capture(f"{path}.part")
    Schedule(world, capture, int((megabytes or kind.megabytes) * 1_000_000)).run()
    capture.close()
    record = {"kind": name, "seed": seed, "packets": capture.packets, "bytes": capture.bytes, "connections": world.flows}
    record["has_holes"] = kind.trouble is not None
    record |= world.truth.record()
    with open(f"{path}.json", "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
    os.replace(f"{path}.part", path)
    return record


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    parser.add_argument("--mb", type=float, help="size in millions of bytes, about (default: as above)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    record = generate(options.output, options.kind, options.mb, options.seed)
    print(json.dumps({key: value for key, value in record.items() if key != "damaged_messages"}))


if __name__ == "__main__":
    main()
