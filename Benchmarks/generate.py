#!/usr/bin/env python3
"""Writes a synthetic capture of mail traffic: many SMTP sessions at once, in order, without loss.

The same arguments give the same bytes. Beside FILE stands FILE.json, which says how many sessions, transactions and
messages are in it, so that a benchmark can tell a fast reader from one that skips.
"""

import argparse
import json
import random
import struct

SEGMENT = 1448
START = 1_700_000_000
CLIENT, SERVER = 0, 1
# Bytes that a session in flight has still to come, on average: where to stop so that the size is about right.
TO_COME = 180_000

WORDS = """anchor basin copper delta ember fallow gravel harbour island juniper kestrel lantern meadow north orchard
pebble quarry river saddle timber upland valley willow yarrow amber bridge cinder drift elder ferry glade hollow""".split()


def ones_sum(data):
    """The one's-complement sum of 16-bit words: 2**16 is 1 modulo 65535, so one division does what a loop would."""
    return int.from_bytes(data if len(data) % 2 == 0 else data + b"\0", "big") % 65535


class Mail:
    """Text to build messages from, made once: what is measured is the reader, not this program."""

    def __init__(self, source):
        self.lines = []
        for _ in range(2000):
            line = " ".join(source.choices(WORDS, k=source.randint(3, 11)))
            if source.random() < 0.005:
                line = "." + line
            self.lines.append((line + "\r\n").encode())
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        self.base64 = [("".join(source.choices(alphabet, k=76)) + "\r\n").encode() for _ in range(2000)]

    def message(self, source, number):
        head = (
            f"From: <{source.choice(WORDS)}@kestrel.example>\r\nTo: <{source.choice(WORDS)}@harbour.example>\r\n"
            f"Subject: {' '.join(source.choices(WORDS, k=5))}\r\nMessage-ID: <{number}@kestrel.example>\r\n"
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\n"
        ).encode()
        size = int(min(max(source.lognormvariate(10, 1.4), 500), 4_000_000))
        lines = self.lines if source.random() < 0.4 else self.base64
        return head + b"".join(source.choices(lines, k=size // len(lines[0]) + 1))


def stuffed(message):
    """RFC 5321 section 4.5.2."""
    return message.replace(b"\r\n.", b"\r\n..")


class Session:
    """One connection: gives its packets one after the other."""

    def __init__(self, number, source, mail, counts):
        self.source, self.mail, self.counts = source, mail, counts
        self.addresses = (0x0A000000 + number // 40 % 60000 + 1, 0x0A010000 + number % 7 + 1)
        self.ports = (1024 + number % 64000, source.choice((25, 25, 25, 25, 587)))
        self.next = [source.getrandbits(32), source.getrandbits(32)]
        self.identification = source.getrandbits(16)
        pair = b"".join(struct.pack("!I", address) for address in self.addresses)
        self.pseudo = ones_sum(pair) + 6
        counts["sessions"] += 1

    def packet(self, side, flags, payload=b""):
        other = 1 - side
        total = 40 + len(payload)
        self.identification = (self.identification + 1) & 0xFFFF
        addresses = struct.pack("!II", self.addresses[side], self.addresses[other])
        ip = struct.pack("!BBHHHBBH", 0x45, 0, total, self.identification, 0x4000, 64, 6, 0)
        checksum = 65535 - (ones_sum(ip + addresses) or 65535)
        ip = ip[:10] + struct.pack("!H", checksum) + addresses
        acknowledged = self.next[other] if flags & 0x10 else 0
        tcp = struct.pack(
            "!HHIIBBHHH", self.ports[side], self.ports[other], self.next[side], acknowledged, 0x50, flags, 64240, 0, 0
        )
        checksum = 65535 - ((self.pseudo + 20 + len(payload) + ones_sum(tcp) + ones_sum(payload)) % 65535 or 65535)
        tcp = tcp[:16] + struct.pack("!H", checksum) + tcp[18:]
        self.next[side] = (self.next[side] + len(payload) + (flags & 2 != 0) + (flags & 1)) & 0xFFFFFFFF
        ethernet = b"\x02\0\0\0\0" + bytes((other,)) + b"\x02\0\0\0\0" + bytes((side,)) + b"\x08\0"
        return ethernet + ip + tcp + payload

    def say(self, side, data):
        for count, start in enumerate(range(0, len(data), SEGMENT)):
            last = start + SEGMENT >= len(data)
            yield self.packet(side, 0x18 if last else 0x10, data[start : start + SEGMENT])
            if count % 2:
                yield self.packet(1 - side, 0x10)

    def talk(self, *lines):
        """Client and server in turn, the server first."""
        for turn, line in enumerate(lines):
            yield from self.say(SERVER if turn % 2 == 0 else CLIENT, line)

    def transaction(self):
        source, counts = self.source, self.counts
        counts["transactions"] += 1
        sender = f"MAIL FROM:<{source.choice(WORDS)}@kestrel.example>\r\n".encode()
        recipients = [
            f"RCPT TO:<{source.choice(WORDS)}{number}@harbour.example>\r\n".encode()
            for number in range(source.choice((1, 1, 1, 2, 5)))
        ]
        refused = [source.random() < 0.1 for _ in recipients]
        answers = [b"550 5.1.1 no such mailbox\r\n" if no else b"250 2.1.5 ok\r\n" for no in refused]
        chunking = source.random() < 0.1
        data = b"" if chunking else b"DATA\r\n"
        go_ahead = b"" if chunking else b"554 5.5.1 no valid recipients\r\n" if all(refused) else b"354 go on\r\n"
        if source.random() < 0.5:
            yield from self.say(CLIENT, sender + b"".join(recipients) + data)
            yield from self.say(SERVER, b"250 2.1.0 ok\r\n" + b"".join(answers) + go_ahead)
        else:
            for command, reply in zip([sender, *recipients, data], [b"250 2.1.0 ok\r\n", *answers, go_ahead]):
                yield from self.say(CLIENT, command)
                yield from self.say(SERVER, reply)
        if all(refused):
            yield from self.say(CLIENT, b"RSET\r\n")
            yield from self.say(SERVER, b"250 2.0.0 ok\r\n")
            return
        counts["messages"] += 1
        message = self.mail.message(source, counts["messages"])
        counts["message_bytes"] += len(message)
        if chunking:
            yield from self.say(CLIENT, b"BDAT %d LAST\r\n" % len(message) + message)
        else:
            yield from self.say(CLIENT, stuffed(message) + b".\r\n")
        yield from self.say(SERVER, b"250 2.0.0 queued\r\n")

    def packets(self):
        yield self.packet(CLIENT, 0x02)
        yield self.packet(SERVER, 0x12)
        yield self.packet(CLIENT, 0x10)
        greeting = b"220 mx.harbour.example ESMTP\r\n"
        offer = b"250-mx.harbour.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n"
        yield from self.talk(greeting, b"EHLO kestrel.example\r\n", offer)
        for _ in range(self.source.choice((1, 1, 2, 3))):
            yield from self.transaction()
        yield from self.say(CLIENT, b"QUIT\r\n")
        yield from self.say(SERVER, b"221 2.0.0 bye\r\n")
        yield self.packet(SERVER, 0x11)
        yield self.packet(CLIENT, 0x11)
        yield self.packet(SERVER, 0x10)


def generate(path, megabytes, seed, concurrency):
    source = random.Random(seed)
    mail = Mail(source)
    counts = {"sessions": 0, "transactions": 0, "messages": 0, "message_bytes": 0, "packets": 0}
    target = megabytes * 1_000_000
    written = 24
    microseconds = 0

    def session():
        return Session(counts["sessions"], source, mail, counts).packets()

    with open(path, "wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        active = [session() for _ in range(concurrency)]
        while active:
            place = source.randrange(len(active))
            # A run of packets of one session, as they come from a switch that serves many.
            for _ in range(source.randint(1, 8)):
                frame = next(active[place], None)
                if frame is None:
                    if written + len(active) * TO_COME < target:
                        active[place] = session()
                    else:
                        active[place] = active[-1]
                        active.pop()
                    break
                microseconds += source.randrange(20)
                seconds, fraction = divmod(microseconds, 1_000_000)
                file.write(struct.pack("<IIII", START + seconds, fraction, len(frame), len(frame)))
                file.write(frame)
                written += 16 + len(frame)
                counts["packets"] += 1
    with open(path + ".json", "w") as file:
        json.dump(counts, file)
        file.write("\n")
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    parser.add_argument("--mb", type=int, default=200, help="size in millions of bytes, about (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--concurrency", type=int, default=200, help="sessions at once (default 200)")
    options = parser.parse_args()
    print(json.dumps(generate(options.output, options.mb, options.seed, options.concurrency)))


if __name__ == "__main__":
    main()
