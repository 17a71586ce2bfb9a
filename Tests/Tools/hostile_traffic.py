#!/usr/bin/env python3
"""Writes captures that are made to make their reader slow or fat, and measures what it takes of them.

  hostile_traffic.py write ATTACK N FILE
  hostile_traffic.py measure ATTACK N PROGRAM OPTION...
                                                  as JSON: seconds of processor time and peak memory for N and for 4 N;
                                                  {capture} in an option is the capture once more, {new} a new path

Time is the processor's, of the child alone, since the machine may be busy; what looks suspicious is run again, and the best
of three runs counts.
"""

import gzip
import json
import os
import random
import struct
import sys
import tempfile

SERVER = (bytes([203, 0, 113, 25]), 25)
CLIENT = (bytes([192, 0, 2, 7]), 49152)
SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4


def checksum(data):
    """RFC 1071: a sum of words is what is left of the number that they are."""
    if len(data) & 1:
        data += b"\0"
    return 0xFFFF - int.from_bytes(data, "big") % 0xFFFF


class Writer:
    """A classic capture of raw IP packets, a tenth of a millisecond apart."""

    def __init__(self, file):
        self.file = file
        self.clock = 1_795_166_042_000_000
        self.number = 0
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101))

    def packet(self, data, step=100):
        self.clock += step
        self.file.write(struct.pack("<IIII", self.clock // 1_000_000, self.clock % 1_000_000, len(data), len(data)))
        self.file.write(data)

    def ip(self, source, target, protocol, payload, fragment=0, identification=None, step=100):
        if len(source) == 16:
            head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + source + target
            return self.packet(head + payload, step)
        self.number += 1
        identification = self.number & 0xFFFF if identification is None else identification
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0)
        head += source + target
        self.packet(head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload, step)

    def tcp(self, source, target, sequence, acknowledgment, flags, payload=b"", step=100, options=b"", window=65535):
        """`options` fill whole words."""
        head = struct.pack(
            ">HHIIBBHHH", source[1], target[1], sequence & 0xFFFFFFFF, acknowledgment & 0xFFFFFFFF,
            0x50 + len(options) * 4, flags, window, 0, 0) + options
        length = len(head) + len(payload)
        pseudo = source[0] + target[0] + struct.pack(">IHH", length & 0xFFFF, 0, 6)
        sum = checksum(pseudo + head + payload)
        self.ip(source[0], target[0], 6, head[:16] + struct.pack(">H", sum) + head[18:] + payload, step=step)


class Talk:
    """A connection, in step: each side acknowledges all that the other has said."""

    def __init__(self, writer, client=CLIENT, server=SERVER, opens=True):
        self.writer, self.ends = writer, {"C": client, "S": server}
        self.at = {"C": 1000, "S": 5000}
        if opens:
            writer.tcp(client, server, 999, 0, SYN)
            writer.tcp(server, client, 4999, 1000, SYN | ACK)
            writer.tcp(client, server, 1000, 5000, ACK)

    def say(self, peer, data, at=None, step=100):
        other = "S" if peer == "C" else "C"
        start = self.at[peer] if at is None else at
        for offset in range(0, len(data), 1400):
            piece = data[offset:offset + 1400]
            self.writer.tcp(self.ends[peer], self.ends[other], start + offset, self.at[other], ACK | PSH, piece, step)
        if at is None:
            self.at[peer] += len(data)

    def greet(self):
        self.say("S", b"220 mx.example ESMTP\r\n")
        self.say("C", b"EHLO client.example\r\n")
        self.say("S", b"250-mx.example\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 SIZE\r\n")

    def envelope(self):
        self.greet()
        for line in (b"MAIL FROM:<a@example>\r\n", b"RCPT TO:<b@example>\r\n"):
            self.say("C", line)
            self.say("S", b"250 2.0.0 Ok\r\n")

    def data(self):
        self.envelope()
        self.say("C", b"DATA\r\n")
        self.say("S", b"354 go on\r\n")

    def finish(self, end=b".\r\n"):
        self.say("C", end)
        self.say("S", b"250 2.0.0 Ok: queued\r\n")
        self.say("C", b"QUIT\r\n")
        self.say("S", b"221 bye\r\n")
        for peer, other in ("CS", "SC"):
            self.writer.tcp(self.ends[peer], self.ends[other], self.at[peer], self.at[other], FIN | ACK)
            self.at[peer] += 1


def batches(count, size):
    for start in range(0, count, size):
        yield range(start, min(count, start + size))


# The attacks. Each is told how much of itself to write.


def tiny_segments_shuffled(writer, count):
    talk = Talk(writer)
    talk.data()
    start = talk.at["C"]
    text = (b"x" * 77 + b"\r\n") * (count // 79 + 1)
    source = random.Random(1)
    # A few thousand at a time, each bunch but its first byte shuffled, that byte last.
    for bunch in batches(count, 5000):
        order = list(bunch)[1:]
        source.shuffle(order)
        for position in order + [bunch[0]]:
            talk.say("C", text[position:position + 1], at=start + position, step=1)
        talk.at["C"] = start + bunch[-1] + 1
        talk.writer.tcp(SERVER, CLIENT, talk.at["S"], talk.at["C"], ACK)
    talk.finish(b"\r\n.\r\n")


def tiny_segments_behind_a_hole(writer, count):
    talk = Talk(writer)
    talk.data()
    order = list(range(count))
    random.Random(2).shuffle(order)
    for position in order:
        talk.say("C", b"x", at=talk.at["C"] + 1 + position * 2, step=1)


def backwards(writer, count):
    talk = Talk(writer)
    talk.data()
    for position in range(count, 0, -1):
        talk.say("C", b"x", at=talk.at["C"] + position, step=1)


def overlap_storm(writer, count):
    talk = Talk(writer)
    talk.data()
    source = random.Random(3)
    start = talk.at["C"]
    for _ in range(count):
        place = source.randrange(1, 60_000)
        talk.say("C", bytes([source.randrange(97, 123)]) * source.randrange(1, 1400), at=start + place, step=1)


def comb_and_covers(writer, count):
    """Teeth with holes between them, then segments over all of them."""
    talk = Talk(writer)
    talk.data()
    start = talk.at["C"]
    for tooth in range(count // 2):
        talk.say("C", b"x", at=start + 1 + tooth % 4000 * 2, step=1)
    for number in range(count // 2):
        talk.say("C", b"y" * 1400, at=start + 1 + number % 5000, step=1)


def same_segment_again(writer, count):
    talk = Talk(writer)
    talk.data()
    talk.say("C", b"a line of text\r\n")
    for _ in range(count):
        talk.say("C", b"a line of text\r\n", at=talk.at["C"] - 16, step=250_000)
    talk.finish()


def recipients(writer, count):
    talk = Talk(writer)
    talk.greet()
    talk.say("C", b"MAIL FROM:<a@example>\r\n")
    talk.say("S", b"250 2.1.0 Ok\r\n")
    for bunch in batches(count, 50):
        talk.say("C", b"".join(b"RCPT TO:<user%d@example>\r\n" % number for number in bunch))
        talk.say("S", b"".join(b"550 5.1.1 <user%d@example>: no such user\r\n" % number for number in bunch))
    talk.finish(b"RSET\r\n")


def refused(writer, count, command, reply):
    """All recipients of a mail are refused, and its client had them wrong."""
    talk = Talk(writer)
    talk.greet()
    talk.say("C", b"MAIL FROM:<a@example>\r\n")
    talk.say("S", b"250 2.1.0 Ok\r\n")
    for bunch in batches(count, 50):
        talk.say("C", command * len(bunch))
        talk.say("S", reply * len(bunch))
    talk.finish(b"RSET\r\n")


def recipients_without_brackets(writer, count):
    refused(writer, count, b"RCPT TO:user@example\r\n", b"501 5.1.3 bad address syntax\r\n")


def recipients_beyond_ascii(writer, count):
    refused(writer, count, b"RCPT TO:<\xc3\xa4@example> NOTIFY=NEVER\r\n", b"550 5.7.1 no\r\n")


def logins_by_many_mechanisms(writer, count):
    talk = Talk(writer)
    talk.greet()
    for number in range(count):
        talk.say("C", b"AUTH X%d\r\n" % number)
        talk.say("S", b"235 2.7.0 Ok\r\n")
    talk.say("C", b"MAIL FROM:<a@example>\r\n")
    talk.say("S", b"250 2.1.0 Ok\r\n")


def transactions(writer, count):
    talk = Talk(writer)
    talk.greet()
    for number in range(count):
        talk.say("C", b"MAIL FROM:<a%d@example>\r\nRCPT TO:<b@example>\r\nRSET\r\n" % number)
        talk.say("S", b"250 2.1.0 Ok\r\n450 4.2.0 later\r\n250 2.0.0 Ok\r\n")
    talk.finish(b"NOOP\r\n")


def endless_command(writer, count):
    talk = Talk(writer)
    talk.greet()
    for _ in range(count):
        talk.say("C", b"NOOP and so on " * 10)


def endless_reply(writer, count):
    talk = Talk(writer)
    talk.say("S", b"220 " + b"x" * 1000)
    for _ in range(count):
        talk.say("S", b"and so on without an end " * 6)


def reply_of_many_lines(writer, count):
    talk = Talk(writer)
    talk.say("S", b"220 mx\r\n")
    talk.say("C", b"EHLO c\r\n")
    for bunch in batches(count, 40):
        talk.say("S", b"".join(b"250-EXTENSION%d\r\n" % number for number in bunch))
    talk.finish()


def endless_line_of_text(writer, count):
    talk = Talk(writer)
    talk.data()
    for _ in range(count):
        talk.say("C", b"x" * 150)
    talk.finish(b"\r\n.\r\n")


def one_byte_chunks(writer, count):
    talk = Talk(writer)
    talk.envelope()
    for bunch in batches(count, 50):
        talk.say("C", b"BDAT 1\r\nx" * len(bunch))
        talk.say("S", b"250 2.0.0 1 octet\r\n" * len(bunch))
    talk.finish(b"BDAT 0 LAST\r\n")


def unknown_commands(writer, count):
    talk = Talk(writer)
    talk.greet()
    for bunch in batches(count, 50):
        talk.say("C", b"".join(b"X%d\r\n" % number for number in bunch))
        talk.say("S", b"500 5.5.2 what?\r\n" * len(bunch))
    talk.finish(b"NOOP\r\n")


def mail_of(lines):
    def attack(writer, count):
        talk = Talk(writer)
        talk.data()
        waiting = bytearray()
        for line in lines(count):
            waiting += line
            if len(waiting) >= 14_000:
                talk.say("C", bytes(waiting))
                waiting.clear()
        talk.say("C", bytes(waiting))
        talk.finish(b"\r\n.\r\n")

    return attack


def mime_nested(count):
    for level in range(count):
        yield b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
    yield b"\r\ntext\r\n"
    for level in reversed(range(count)):
        yield b"--%d--\r\n" % level


def mime_messages_nested(count):
    for _ in range(count):
        yield b"Content-Type: message/rfc822\r\n\r\n"
    yield b"text"


def mime_parts(count):
    yield b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    for number in range(count):
        yield b'--b\r\nContent-Disposition: attachment; filename="%d"\r\n\r\nx\r\n' % number
    yield b"--b--\r\n"


def header_lines(count):
    for number in range(count):
        yield b"X-Field-%d: and what it says is of no interest to anybody who reads this header section here\r\n" % number
    yield b"\r\ntext"


def header_folded(count):
    yield b"Subject: a"
    for _ in range(count):
        yield b"\r\n and so on and so on and so on and so on and so on and so on and so on and so on"
    yield b"\r\n\r\ntext"


def encoded_words(count):
    yield b"Subject: a"
    for number in range(count):
        yield b"\r\n =?iso-8859-%d?q?=e4=f6=fc?= =?utf-8?b?w6TDtsO8?=" % (number % 15 + 1)
    yield b"\r\n\r\ntext"


def received_fields(count):
    for number in range(count):
        yield b"Received: from a%d.example (a.example [192.0.2.%d]) by b.example with ESMTPS id %d for <a@example>;\r\n" % (
            number, number % 256, number)
        yield b"\tThu, 26 Nov 2026 12:00:00 +0000\r\n"
    yield b"\r\ntext"


def signatures(count):
    for _ in range(count):
        yield b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; h=from:to:subject; bh=AAAA; b=AAAA\r\n"
    yield b"From: a@example\r\n\r\n" + b"text of the message, hashed once for each\r\n" * count


def parameters(count):
    yield b"Content-Type: application/x"
    for number in range(count):
        yield b";\r\n name*%d*=%%41" % number
    yield b"\r\n\r\ntext"


def dotted_lines(count):
    for _ in range(count):
        yield b"..\r\n.\n.\r.\r\r\n"


def addresses(count):
    yield b"Content-Type: text/html\r\n\r\n"
    for number in range(count):
        yield b'<a href="http://%d.example/">\r\nhttp://%d.example ' % (number, number)


def compressed_bomb(file, count):
    """Zeros compress to a thousandth: one packet over and over."""
    with gzip.open(file, "wb", 6) as inner:
        writer = Writer(inner)
        body = bytes(4000)
        for _ in range(count):
            writer.packet(body)


def compressed_text(file, count):
    """A mail of one letter, compressed."""
    with gzip.open(file, "wb", 6) as inner:
        mail_of(lambda count: (b"a" * 1400 for _ in range(count)))(Writer(inner), count)


def colliding_flows(writer, count):
    """By IPv6: the server's interface identifier is the constant that multiplicative hashes are fond of."""
    server = (bytes.fromhex("20010db8000000009e3779b97f4a7c15"), 25)
    prefix = bytes.fromhex("20010db800000000")
    for number in range(count):
        writer.tcp((prefix + struct.pack(">Q", number + 1), 40_000), server, 1, 0, SYN, step=10)


def flows_of_a_grid(writer, count):
    """Addresses and ports that differ in the same bits."""
    for number in range(count):
        client = (bytes([10, number >> 16 & 255, number >> 8 & 255, 0]), 1024 + (number & 255) * 256 % 60_000)
        writer.tcp(client, (bytes([10, number & 255, number >> 8 & 255, 0]), 25), 1, 0, SYN, step=10)


def half_open_flood(writer, count):
    for number in range(count):
        writer.tcp((struct.pack(">I", 0x0A000000 + number), 1024 + number % 60_000), SERVER, number, 0, SYN, step=10)


def sessions_of_one_packet(writer, count):
    for number in range(count):
        client = (struct.pack(">I", 0x0A000000 + number), 1024 + number % 60_000)
        writer.tcp(client, SERVER, number, 1, ACK | PSH, b"EHLO client.example\r\n", step=10)


def sessions_of_one_packet_elsewhere(writer, count):
    """On ports where it is to be found out whether they carry mail."""
    for number in range(count):
        client = (struct.pack(">I", 0x0A000000 + number), 40_000)
        writer.tcp(client, (SERVER[0], 9999), number, 1, ACK | PSH, b"EHLO client.example\r\n", step=10)


def short_connections_again(writer, count):
    """The same four numbers, each time a connection of its own."""
    for number in range(count):
        writer.tcp(CLIENT, SERVER, number * 100_000, 0, SYN, step=1000)
        writer.tcp(SERVER, CLIENT, 1, number * 100_000 + 1, RST | ACK, step=1000)


def fragments_never_completed(writer, count):
    for number in range(count):
        source = struct.pack(">I", 0x0A000000 + number)
        writer.ip(source, SERVER[0], 6, b"x" * 64, fragment=0x2000, identification=number & 0xFFFF)


def fragments_of_one_datagram(writer, count):
    for number in range(count):
        writer.ip(CLIENT[0], SERVER[0], 6, b"x" * 8, fragment=0x2000 | number * 2 % 8000, identification=7)


def clock_that_leaps(writer, count):
    talk = Talk(writer)
    talk.greet()
    source = random.Random(4)
    for number in range(count):
        writer.clock = 1_795_166_042_000_000 + source.randrange(40_000_000_000)
        talk.say("C", b"NOOP\r\n")
        talk.say("S", b"250 Ok\r\n")


def lookups(writer, count):
    """Answers of name servers to questions that nobody asked."""
    for number in range(count):
        name = b"\x08%08d\x07example\x00" % (number % 100_000_000)
        message = struct.pack(">HHHHHH", number & 0xFFFF, 0x8180, 1, 4, 0, 0) + name + b"\0\1\0\1"
        for host in range(4):
            message += b"\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4" + struct.pack(">I", 0x0B000000 + number * 4 + host)
        datagram = struct.pack(">HHHH", 53, 40_000, 8 + len(message), 0) + message
        writer.ip(bytes([10, 0, 0, 53]), CLIENT[0], 17, datagram, step=10)


def tiny_records(writer, count):
    """TLS of one octet a record, behind a STARTTLS."""
    talk = Talk(writer)
    talk.greet()
    talk.say("C", b"STARTTLS\r\n")
    talk.say("S", b"220 go on\r\n")
    for bunch in batches(count, 200):
        talk.say("C", b"\x16\3\3\0\1\1" * len(bunch))


def recipients_by_lmtp(writer, count):
    """Each has a reply of its own to the data (RFC 2033 section 4.2)."""
    talk = Talk(writer, server=(SERVER[0], 24))
    talk.say("S", b"220 mx.example LMTP\r\n")
    talk.say("C", b"LHLO client.example\r\n")
    talk.say("S", b"250-mx.example\r\n250 PIPELINING\r\n")
    talk.say("C", b"MAIL FROM:<a@example>\r\n")
    talk.say("S", b"250 2.1.0 Ok\r\n")
    for bunch in batches(count, 50):
        talk.say("C", b"".join(b"RCPT TO:<user%d@example>\r\n" % number for number in bunch))
        talk.say("S", b"250 2.1.5 Ok\r\n" * len(bunch))
    talk.say("C", b"DATA\r\n")
    talk.say("S", b"354 go on\r\n")
    talk.say("C", b"Subject: x\r\n\r\nx\r\n.\r\n")
    for bunch in batches(count, 50):
        talk.say("S", b"250 2.0.0 Ok\r\n" * len(bunch))


def recipients_that_nobody_answers(writer, count):
    talk = Talk(writer)
    talk.greet()
    for bunch in batches(count, 50):
        talk.say("C", b"".join(b"RCPT TO:<user%d@example>\r\n" % number for number in bunch))


def replies_that_nobody_asked_for(writer, count):
    talk = Talk(writer)
    talk.greet()
    for bunch in batches(count, 50):
        talk.say("S", b"".join(b"250 2.0.0 %d\r\n" % number for number in bunch))


def mails_of_one_session(writer, count):
    talk = Talk(writer)
    talk.greet()
    for number in range(count):
        talk.say("C", b"MAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\nDATA\r\n")
        talk.say("S", b"250 Ok\r\n250 Ok\r\n354 go on\r\n")
        talk.say("C", b"Subject: x\r\nMessage-ID: <%d@example>\r\n\r\nx\r\n.\r\n" % (number // 3))
        talk.say("S", b"250 2.0.0 Ok: queued\r\n")


def mails_in_chunks_of_one_session(writer, count):
    talk = Talk(writer)
    talk.greet()
    for _ in range(count):
        talk.say("C", b"MAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\nBDAT 1\r\nxBDAT 1\r\nyBDAT 1 LAST\r\nz")
        talk.say("S", b"250 Ok\r\n" * 5)


def logins(writer, count):
    talk = Talk(writer)
    talk.greet()
    for number in range(count):
        talk.say("C", b"AUTH PLAIN AGFubgBzZWNyZXQ=\r\n")
        talk.say("S", b"535 5.7.8 no\r\n")


def hellos(writer, count):
    talk = Talk(writer)
    talk.greet()
    for number in range(count):
        talk.say("C", b"EHLO c%d.example\r\n" % number)
        talk.say("S", b"250-mx.example\r\n250 SIZE\r\n")


def mail_put_off_again(writer, count):
    """The same envelope in session after session, and an envelope of its own in each."""
    for number in range(count):
        client = (bytes([10, 0, number >> 8 & 255, number & 255]), 1024 + number % 60_000)
        talk = Talk(writer, client=client)
        talk.greet()
        for sender in (b"a", b"%d" % number):
            talk.say("C", b"MAIL FROM:<%s@example>\r\nRCPT TO:<b@example>\r\nRSET\r\n" % sender)
            talk.say("S", b"250 Ok\r\n451 4.7.1 greylisted\r\n250 Ok\r\n")
        talk.finish(b"NOOP\r\n")


def holes(writer, count):
    """Each second segment of a mail is missing and acknowledged."""
    talk = Talk(writer)
    talk.data()
    for _ in range(count):
        talk.at["C"] += 100
        talk.say("C", b"a line of text\r\n")
        writer.tcp(SERVER, CLIENT, talk.at["S"], talk.at["C"], ACK, step=200_000)
    talk.finish(b"\r\n.\r\n")


def early_text(writer, count):
    """Text before the 354 came: it waits."""
    talk = Talk(writer)
    talk.envelope()
    talk.say("C", b"DATA\r\n")
    for _ in range(count):
        talk.say("C", b"text that comes before it was asked for\r\n" * 3)


def overlaps_both_ways(writer, count):
    """Both sides talk over themselves, behind holes."""
    talk = Talk(writer)
    talk.data()
    source = random.Random(5)
    for number in range(count):
        peer = "CS"[number & 1]
        text = bytes([source.randrange(97, 123)]) * source.randrange(1, 40)
        talk.say(peer, text, at=talk.at[peer] + source.randrange(1, 60_000), step=1)


def selective_acknowledgments(writer, count):
    """Three blocks in each acknowledgement, other ones each time."""
    talk = Talk(writer)
    talk.data()
    start = talk.at["C"]
    source = random.Random(6)
    for number in range(count):
        talk.say("C", b"x", at=start + 1 + number % 20_000 * 2, step=1)
        blocks = b"".join(struct.pack(">II", edge, edge + 1) for edge in (start + source.randrange(40_000) for _ in "123"))
        writer.tcp(SERVER, CLIENT, talk.at["S"], start, ACK, step=1, options=b"\1\1\5\x1a" + blocks)


def windows_closed_again(writer, count):
    talk = Talk(writer)
    talk.data()
    for number in range(count):
        talk.say("C", b"a line of text\r\n")
        for window in (0, 65_535):
            writer.tcp(SERVER, CLIENT, talk.at["S"], talk.at["C"], ACK, step=1000, window=window)
    talk.finish(b"\r\n.\r\n")


def extension_headers(writer, count):
    """A hundred headers before each segment (RFC 8200 section 4.1)."""
    client, server = bytes.fromhex("20010db8000000000000000000000007"), bytes.fromhex("20010db8000000000000000000000019")
    chain = b"\x3c\0\1\4\0\0\0\0" * 99 + b"\6\0\1\4\0\0\0\0"
    for number in range(count):
        head = struct.pack(">HHIIBBHHH", 40_000, 25, number, 0, 0x50, SYN, 65_535, 0, 0)
        writer.ip(client, server, 60, chain + head, step=10)


def tunnels_in_tunnels(writer, count):
    """IP in IP, sixty times."""
    inner = struct.pack(">HHIIBBHHH", 40_000, 25, 1, 0, 0x50, SYN, 65_535, 0, 0)
    for depth in range(60):
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(inner), 1, 0, 64, 4 if depth else 6, 0) + CLIENT[0] + SERVER[0]
        inner = head + inner
    for _ in range(count):
        writer.ip(CLIENT[0], SERVER[0], 4, inner, step=10)


def unreachable(writer, count):
    """Errors of routers that quote one segment."""
    talk = Talk(writer)
    talk.data()
    talk.say("C", b"a line of text\r\n")
    head = struct.pack(">BBHHHBBH", 0x45, 0, 56, 7, 0, 64, 6, 0) + CLIENT[0] + SERVER[0]
    quoted = head + struct.pack(">HHI", CLIENT[1], SERVER[1], talk.at["C"] - 16)
    for number in range(count):
        writer.ip(bytes([10, 9, number >> 8 & 255, number & 255]), CLIENT[0], 1, struct.pack(">BBHI", 3, 4, 0, number % 1400) + quoted)


def compressed_names(writer, count):
    """Names that are a label and a pointer to the name before, as deep as they may be (RFC 1035 section 4.1.4)."""
    message = struct.pack(">HHHHHH", 7, 0x8180, 1, 100, 0, 0) + b"\1a\7example\0\0\1\0\1"
    last = 12
    for record in range(100):
        place = len(message)
        message += b"\1b" + struct.pack(">H", 0xC000 | last) + b"\0\1\0\1\0\0\x0e\x10\0\4\x0b\0\0\1"
        last = place
    for number in range(count):
        datagram = struct.pack(">HHHH", 53, 40_000, 8 + len(message), 0) + message
        writer.ip(bytes([10, 0, 0, 53]), CLIENT[0], 17, datagram, step=10)


def pointers_in_a_circle(writer, count):
    """Each of a thousand names points at itself."""
    message = struct.pack(">HHHHHH", 7, 0x8180, 1, 1000, 0, 0) + b"\xc0\x0c\0\1\0\1"
    message += b"\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\x0b\0\0\1" * 1000
    datagram = struct.pack(">HHHH", 53, 40_000, 8 + len(message), 0) + message
    for _ in range(count):
        writer.ip(bytes([10, 0, 0, 53]), CLIENT[0], 17, datagram, step=10)


def proxy_lines(writer, count):
    talk = Talk(writer)
    for bunch in batches(count, 20):
        talk.say("C", b"".join(b"PROXY TCP4 192.0.2.1 203.0.113.25 %d 25\r\n" % (number & 0xFFFF) for number in bunch))
    talk.data()
    talk.finish(b"\r\n.\r\n")


def help_of_many_lines(writer, count):
    talk = Talk(writer)
    talk.greet()
    talk.say("C", b"HELP\r\n")
    for bunch in batches(count, 40):
        talk.say("S", b"".join(b"214-2.0.0 line %d of the help\r\n" % number for number in bunch))
    talk.say("S", b"214 2.0.0 that was all\r\n")
    talk.finish(b"NOOP\r\n")


def lists_expanded(writer, count):
    """A hundred members each, asked for again and again."""
    talk = Talk(writer)
    talk.greet()
    for number in range(count // 100 + 1):
        talk.say("C", b"EXPN list%d\r\n" % number)
        talk.say("S", b"".join(b"250-Member <m%d@example>\r\n" % member for member in range(100)) + b"250 <last@example>\r\n")
    talk.finish(b"NOOP\r\n")


def refusals_of_many_lines(writer, count):
    talk = Talk(writer)
    talk.greet()
    talk.say("C", b"MAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\n")
    talk.say("S", b"250 Ok\r\n")
    for bunch in batches(count, 20):
        talk.say("S", b"".join(b"550-5.7.1 rejected for reason %d, see http://a.example/%d\r\n" % (n, n) for n in bunch))
    talk.say("S", b"550 5.7.1 no\r\n")
    talk.finish(b"RSET\r\n")


def behind_starttls(server, record):
    def attack(writer, count):
        talk = Talk(writer)
        talk.greet()
        talk.say("C", b"STARTTLS\r\n")
        talk.say("S", b"220 go on\r\n")
        hello = b"\3\3" + bytes(32) + b"\0\0\2\xc0\x2f\1\0"
        for peer, kind, body in (("C", 1, hello), ("S", 2, b"\3\3" + bytes(32) + b"\0\xc0\x2f\0")):
            body = struct.pack(">I", kind << 24 | len(body)) + body
            talk.say(peer, b"\x16\3\3" + struct.pack(">H", len(body)) + body)
        for bunch in batches(count, 20):
            talk.say("S" if server else "C", b"".join(record(number) for number in bunch))

    return attack


def handshake_record(kind, body):
    body = struct.pack(">I", kind << 24 | len(body)) + body
    return b"\x16\3\3" + struct.pack(">H", len(body)) + body


def names_without_end(writer, count):
    """In each session other hosts, other domains, another refusal."""
    for number in range(count):
        talk = Talk(writer, client=(struct.pack(">I", 0x0A000000 + number), 1024 + number % 60_000),
                    server=(struct.pack(">I", 0x0B000000 + number), 25))
        talk.say("S", b"220 mx%d.example ESMTP\r\n" % number)
        talk.say("C", b"EHLO c%d.example\r\nMAIL FROM:<a@s%d.example>\r\nRCPT TO:<b@r%d.example>\r\n" % (number, number, number))
        talk.say("S", b"250 mx\r\n250 Ok\r\n5%02d no, %x is not wanted here\r\n" % (number % 60, number * 2_654_435_761))
        talk.finish(b"RSET\r\n")


ATTACKS = {
    name: attack
    for name, attack in list(globals().items())
    if getattr(attack, "__code__", None) and attack.__code__.co_varnames[:2] == ("writer", "count")
}
for lines in (mime_nested, mime_messages_nested, mime_parts, header_lines, header_folded, encoded_words,
              received_fields, signatures, parameters, dotted_lines, addresses):
    ATTACKS[lines.__name__] = mail_of(lines)
for name, attack in {
    "hello_requests": behind_starttls(True, lambda number: handshake_record(0, b"")),
    "renegotiations": behind_starttls(
        False, lambda number: handshake_record(1, b"\3\3" + bytes(32) + b"\0\0\2\xc0\x2f\1\0")),
    "session_tickets": behind_starttls(True, lambda number: handshake_record(4, struct.pack(">IH", number, 120) + bytes(120))),
    "certificates_again": behind_starttls(True, lambda number: handshake_record(11, b"\0\0\x17\0\0\x14" + b"\x30\x12" + bytes(18))),
    "alerts": behind_starttls(True, lambda number: b"\x15\3\3\0\2\1" + bytes([number % 100])),
    "empty_records": behind_starttls(True, lambda number: b"\x17\3\3\0\0"),
}.items():
    ATTACKS[name] = attack
# What asks for a file instead, and writes it itself.
COMPRESSED = {attack.__name__: attack for attack in (compressed_bomb, compressed_text)}


def write(attack, count, path):
    with open(path, "wb") as file:
        if attack in COMPRESSED:
            COMPRESSED[attack](file, count)
        else:
            ATTACKS[attack](Writer(file), count)


def run(call):
    """Seconds of processor time, peak memory in bytes, exit status, output and errors of a child."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = os.posix_spawn(call[0], call, os.environ, file_actions=[
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)])
        _, status, usage = os.wait4(child, 0)
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - 20_000))
        tail = output.read().decode(errors="replace")
        output.seek(0)
        errors.seek(0)
        return {
            "seconds": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024,
            "status": os.waitstatus_to_exitcode(status), "output": output.read(100_000).decode(errors="replace"),
            "tail": tail,
            "errors": errors.read(10_000).decode(errors="replace")}


# What grows more than so is measured again before it is told.
SUSPICIOUS = 5


def measure(attack, count, program, options):
    with tempfile.TemporaryDirectory() as folder:
        idle = min(run([program, "--version"])["seconds"] for _ in range(2))
        paths = [os.path.join(folder, name) for name in ("once", "four")]
        for size, path in zip((count, 4 * count), paths):
            write(attack, size, path)
        results = None
        for _ in range(3):
            again = []
            for path in paths:
                places = {"{capture}": path, "{new}": os.path.join(tempfile.mkdtemp(dir=folder), "new")}
                again.append(run([program, *(places.get(option, option) for option in options), path]))
            for result in again:
                result["seconds"] = max(result["seconds"] - idle, 0.001)
            results = [min(pair, key=lambda result: result["seconds"]) for pair in zip(results or again, again)]
            if results[1]["seconds"] < SUSPICIOUS * results[0]["seconds"]:
                break
        return results


def main():
    if sys.argv[1] == "write":
        write(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    elif sys.argv[1] == "measure":
        json.dump(measure(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:]), sys.stdout)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
