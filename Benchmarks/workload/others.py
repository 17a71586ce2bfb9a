"""What else passes on a link: lookups, pages, ciphertext. A reader of mail must step over it."""

import struct

from .conversation import Conversation
from .frames import CLIENT, SERVER, UDP
from .texts import PLACES, WORDS


def other_traffic(world, source):
    """One exchange that is no mail."""
    chance = source.random()
    if chance < 0.4:
        return lookup(world, source)
    if chance < 0.45:
        return datagrams(world, source)
    return pages(world, source) if chance < 0.7 else secrets(world, source)


def size_of_answer(source):
    return int(min(source.lognormvariate(10, 1.6), 5_000_000))


def lookup(world, source):
    """A DNS query for an MX record and its answer (RFC 1035 section 4)."""
    flow = world.flow(53, UDP)
    labels = f"{source.choice(WORDS)}.{source.choice(PLACES)}".split(".")
    name = b"".join(b"%c%s" % (len(label), label.encode()) for label in labels) + b"\0"
    number = source.getrandbits(16)
    question = name + struct.pack("!HH", 15, 1)
    answer = b"\xc0\x0c" + struct.pack("!HHIHH", 15, 1, 300, 7, 10) + b"\x02mx\xc0\x0c"
    yield [flow.udp(CLIENT, struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + question)], source.randint(500, 60_000)
    yield [flow.udp(SERVER, struct.pack("!6H", number, 0x8180, 1, 1, 0, 0) + question + answer)], 0


def datagrams(world, source):
    """Ciphertext over UDP, most of it one way, as QUIC has it."""
    flow = world.flow(443, UDP)
    for _ in range(source.randint(1, 30)):
        frames = [
            flow.udp(SERVER, b"\x40" + world.texts.opaque(source, source.randint(900, 1220)))
            for _ in range(source.randint(2, 12))
        ]
        frames.append(flow.udp(CLIENT, b"\x40" + world.texts.opaque(source, 40)))
        yield frames, source.randint(1000, 30_000)


def pages(world, source):
    """HTTP/1.1 in clear, several requests to a connection."""
    conversation = Conversation(world.flow(80), source)
    yield from conversation.open()
    for _ in range(source.randint(1, 6)):
        request = (
            f"GET /{source.choice(WORDS)}/{source.getrandbits(40):x} HTTP/1.1\r\nHost: www.{source.choice(PLACES)}\r\n"
            f"User-Agent: reader/1.0\r\nAccept: */*\r\nCookie: s={source.getrandbits(128):x}\r\n\r\n"
        )
        yield from conversation.say(CLIENT, request.encode())
        size = size_of_answer(source)
        if source.random() < 0.5:
            kind, body = "image/jpeg", world.texts.opaque(source, size)
        else:
            kind, body = "text/html", world.texts.markup.take(source, size)
        head = f"HTTP/1.1 200 OK\r\nServer: pages\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        yield from conversation.say(SERVER, head.encode() + body)
    yield from conversation.close(CLIENT)


def tls_records(world, source, size, kind=23):
    """TLS records with so many bytes in them (RFC 8446 section 5.1)."""
    records = []
    while size > 0:
        length = min(size, 16_384)
        records.append(struct.pack("!BHH", kind, 0x0303, length) + world.texts.opaque(source, length))
        size -= length
    return b"".join(records)


def hello(source, kind, extensions):
    """A ClientHello (1) or ServerHello (2) of TLS 1.3 in its record (RFC 8446 section 4.1)."""
    suites = b"\0\x06\x13\x01\x13\x02\x13\x03\x01\0" if kind == 1 else b"\x13\x01\0"
    body = b"\x03\x03" + source.randbytes(32) + b"\x20" + source.randbytes(32) + suites
    body += struct.pack("!H", len(extensions)) + extensions
    message = struct.pack("!I", kind << 24 | len(body)) + body
    return struct.pack("!BHH", 22, 0x0301 if kind == 1 else 0x0303, len(message)) + message


def handshake(world, conversation, source, host):
    """Both hellos and what follows them, the finished messages encrypted."""
    name = host.encode()
    key = struct.pack("!HH", 0x1D, 32) + source.randbytes(32)
    server_name = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    offered = b"\0\x2b\0\x03\x02\x03\x04" + struct.pack("!HHH", 51, 38, 36) + key
    yield from conversation.say(CLIENT, hello(source, 1, server_name + offered))
    chosen = b"\0\x2b\0\x02\x03\x04" + struct.pack("!HH", 51, 36) + key
    rest = b"\x14\x03\x03\0\x01\x01" + tls_records(world, source, source.randint(2000, 4000))
    yield from conversation.say(SERVER, hello(source, 2, chosen) + rest)
    yield from conversation.say(CLIENT, b"\x14\x03\x03\0\x01\x01" + tls_records(world, source, 53))


def secrets(world, source):
    """HTTPS: hellos, then records that nobody can read."""
    conversation = Conversation(world.flow(443), source)
    yield from conversation.open()
    yield from handshake(world, conversation, source, "www." + source.choice(PLACES))
    for _ in range(source.randint(1, 6)):
        yield from conversation.say(CLIENT, tls_records(world, source, source.randint(80, 900)))
        yield from conversation.say(SERVER, tls_records(world, source, size_of_answer(source)))
    yield from conversation.close(CLIENT)
