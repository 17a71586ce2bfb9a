#!/usr/bin/env python3
"""Holds what smtpscope wrote against what generate.py says is in the capture.

  check.py CAPTURE.json OUTPUT      what `analyze --format ndjson` wrote
  check.py CAPTURE.json DIRECTORY   what `extract -o DIRECTORY` wrote

Nothing is said and the exit status is 0 when they agree.
"""

import hashlib
import json
import os
import sys


class Found:
    """What the output tells."""

    def __init__(self, lines):
        self.sessions = 0
        self.outcomes = {}
        self.recipients = 0
        self.accepted_recipients = 0
        self.messages = 0
        self.message_bytes = 0
        self.digests = []
        self.summary = None
        for line in lines:
            record = json.loads(line)
            if record["type"] == "session":
                self.add_session(record)
            elif record["type"] == "summary":
                self.summary = record

    def add_session(self, session):
        self.sessions += 1
        for transaction in session["transactions"]:
            outcome = transaction["outcome"]
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
            self.recipients += len(transaction["recipients"])
            self.accepted_recipients += sum(recipient["code"] == 250 for recipient in transaction["recipients"])
            message = transaction.get("message")
            if message is None:
                continue
            self.messages += 1
            self.message_bytes += message["bytes"]
            if message["complete"] and message.get("sha256"):
                self.digests.append(message["sha256"])

    def has_hashes(self):
        return bool(self.digests) or self.messages == 0


def disagreements(truth, lines):
    """What the output got wrong, in sentences."""
    found = Found(lines)
    if found.summary is None:
        return ["the output has no summary: it ends too early"]
    wrong = list(compared("sessions", truth["sessions"], found.sessions))
    wrong += compared("sessions of the summary", truth["sessions"], found.summary["sessions"])
    if not truth["has_holes"]:
        counted = {name: count for name, count in found.summary["transactions"].items() if count}
        wrong += compared("transactions", truth["transactions"], found.outcomes)
        wrong += compared("transactions of the summary", truth["transactions"], counted)
        for key in ("recipients", "accepted_recipients", "messages", "message_bytes"):
            wrong += compared(key.replace("_", " "), truth[key], getattr(found, key))
    if found.has_hashes():
        wrong += compared_messages(truth, found.digests)
    return wrong


def disagreements_of_files(truth, directory):
    """What the extracted messages got wrong, in sentences."""
    digests = []
    for entry in os.scandir(directory):
        if entry.name.endswith(".eml") and not entry.name.endswith(".incomplete.eml"):
            with open(entry.path, "rb") as file:
                digests.append(hashlib.sha256(file.read()).hexdigest())
    return list(compared_messages(truth, digests))


def compared(what, expected, seen):
    if expected != seen:
        yield f"{what}: {expected} expected, {seen} found"


def compared_messages(truth, digests):
    """Every intact message is there byte for byte; a damaged one may be, where what is missing lies around its text."""
    damaged = set(truth["damaged_messages"])
    intact = [digest for digest in digests if digest not in damaged]
    yield from compared("intact messages", truth["intact_messages"], len(intact))
    digest = hashlib.sha256(b"".join(sorted(map(bytes.fromhex, intact)))).hexdigest()
    if digest != truth["intact_messages_sha256"]:
        yield "the intact messages are not those that were sent"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check.py CAPTURE.json OUTPUT")
    with open(sys.argv[1]) as file:
        truth = json.load(file)
    if os.path.isdir(sys.argv[2]):
        wrong = disagreements_of_files(truth, sys.argv[2])
    else:
        with open(sys.argv[2], "rb") as output:
            wrong = disagreements(truth, output)
    for sentence in wrong:
        print(f"check.py: {sentence}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
