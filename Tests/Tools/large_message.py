#!/usr/bin/env python3
"""Has the program extract mails with one large attachment each from a pipe; what goes through it is kept nowhere.

  large_message.py write BYTES COUNT                          the capture, to standard output
  large_message.py measure BYTES COUNT PROGRAM ARGUMENT...    gives the program the capture as standard input

A message has so many bytes, about, nearly all of them base64. With `measure` a line of JSON follows: the child's seconds of
processor time, peak memory, exit status and errors, and size and hashes of each message and its attachment.
"""

import binascii
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile

from hostile_traffic import ACK, CLIENT, SERVER, Talk, Writer

# Lines of 57 bytes that are encoded at a time.
LINES = 4096


class Counted:
    """Size and hashes of bytes that pass."""

    def __init__(self):
        self.size = 0
        self.hashes = [hashlib.sha256(), hashlib.md5()]

    def add(self, data):
        self.size += len(data)
        for digest in self.hashes:
            digest.update(data)

    def record(self):
        sha256, md5 = (digest.hexdigest() for digest in self.hashes)
        return {"bytes": self.size, "sha256": sha256, "md5": md5}


def encoded(data):
    """RFC 2045 section 6.8."""
    text = binascii.b2a_base64(data, newline=False)
    return b"".join(text[start:start + 76] + b"\r\n" for start in range(0, len(text), 76))


def send(writer, size, number, source):
    """A session with one message; what is true of it."""
    client = (CLIENT[0], CLIENT[1] + number)
    talk = Talk(writer, client=client)
    message, part = Counted(), Counted()

    def say(data):
        message.add(data)
        talk.say("C", data, step=10)
        writer.tcp(SERVER, client, talk.at["S"], talk.at["C"], ACK, step=10)

    talk.data()
    say(b"Subject: large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=large\r\n\r\n--large\r\n\r\n"
        b"It is attached.\r\n--large\r\nContent-Type: application/octet-stream; name=large.bin\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n")
    while message.size < size:
        data = source.randbytes(57 * LINES if size - message.size > 78 * LINES else 1000)
        part.add(data)
        say(encoded(data))
        if len(data) % 57:
            break
    say(b"--large--\r\n")
    talk.finish()
    return {"message": message.record(), "attachment": part.record()}


def write(file, size, count):
    writer, source = Writer(file), random.Random(size)
    return [send(writer, size, number, source) for number in range(count)]


def measure(size, count, call):
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, bufsize=1 << 16)
        with child.stdin:
            truth = write(child.stdin, size, count)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        return {
            "seconds": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024, "status": child.returncode,
            "errors": errors.read(10_000).decode(errors="replace"), "mails": truth}


def main():
    size, count = int(sys.argv[2]), int(sys.argv[3])
    if sys.argv[1] == "write":
        write(sys.stdout.buffer, size, count)
    elif sys.argv[1] == "measure":
        json.dump(measure(size, count, sys.argv[4:]), sys.stdout)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
