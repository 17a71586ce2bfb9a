#!/usr/bin/env python3
"""Writes first inputs for each fuzz target from this project's own recordings.

    python3 Fuzzing/seeds.py DIRECTORY CAPTURE...

Reads classic pcap files with Ethernet, "any" or raw IP frames; what it cannot read it passes over. The scripts that the targets
read are described in Fuzzing/Targets.
"""

import hashlib
import pathlib
import struct
import sys

# Link types by their number (tcpdump.org): where the IP packet begins, and the place in the table of FramesTarget.
LINKS = {1: (14, 0), 113: (16, 7), 276: (20, 11), 101: (0, 5)}


SIGNATURE = (
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=kestrel.example; s=s1; t=1700000000; x=1800000000;\r\n"
    b" l=10; h=from:to:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
)


def frames(path):
    data = path.read_bytes()
    if len(data) < 24 or data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return
    link = struct.unpack_from("<I", data, 20)[0] & 0xFFFF
    offset = 24
    while offset + 16 <= len(data):
        length = struct.unpack_from("<I", data, offset + 8)[0]
        yield link, data[offset + 16 : offset + 16 + length]
        offset += 16 + length


def tcp(link, frame):
    """Source, destination and payload of a TCP segment; None for anything else."""
    start, _ = LINKS.get(link, (None, None))
    if start is None or len(frame) < start + 40:
        return None
    ip = frame[start:]
    if ip[0] >> 4 == 4 and ip[9] == 6:
        header, end = (ip[0] & 15) * 4, struct.unpack_from(">H", ip, 2)[0]
        ends = ip[12:16], ip[16:20]
    elif ip[0] >> 4 == 6 and ip[6] == 6:
        header, end = 40, 40 + struct.unpack_from(">H", ip, 4)[0]
        ends = ip[8:24], ip[24:40]
    else:
        return None
    if len(ip) < header + 20:
        return None
    ports = ip[header : header + 2], ip[header + 2 : header + 4]
    return (ends[0], ports[0]), (ends[1], ports[1]), ip[header + (ip[header + 12] >> 4) * 4 : end]


def turns(path):
    """Of each connection, who said what in the order of the capture: (is client, bytes)."""
    connections = {}
    for link, frame in frames(path):
        segment = tcp(link, frame)
        if not segment or not segment[2]:
            continue
        source, destination, payload = segment
        key = frozenset((source, destination))
        said = connections.setdefault(key, [])
        said.append((struct.unpack(">H", source[1])[0] > struct.unpack(">H", destination[1])[0], payload))
    return connections.values()


def dialogue(said):
    out = bytearray(b"\0")
    for is_client, payload in said:
        if b"\xff" in payload:
            return None
        out += bytes([65 if not is_client else 64]) + payload + b"\xff"
    return bytes(out)


def tls(said):
    out = bytearray()
    for is_client, payload in said:
        out += bytes([0 if is_client else 1]) + struct.pack(">H", len(payload)) + payload
    return bytes(out)


def messages(said):
    client = b"".join(payload for is_client, payload in said if is_client)
    for part in client.split(b"DATA\r\n")[1:]:
        yield part.split(b"\r\n.\r\n")[0] + b"\r\n"


def main():
    directory = pathlib.Path(sys.argv[1])

    def keep(target, data, most=4096):
        if not data or len(data) > most:
            return
        folder = directory / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)

    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        data = path.read_bytes()
        keep("captures", data, 16384)
        if data[:4] == b"\x0a\x0d\x0d\x0a":
            keep("pcapng", data, 16384)
        for link, frame in frames(path):
            if link in LINKS:
                keep("frames", bytes([LINKS[link][1]]) + struct.pack(">H", len(frame)) + frame + b"\0", 400)
        for said in turns(path):
            clear = dialogue(said)
            keep("dialogue", clear)
            if any(payload[:2] == b"\x16\x03" for _, payload in said):
                begin = next(i for i, (_, payload) in enumerate(said) if payload[:2] == b"\x16\x03")
                secrets = path.parent.parent / "keys" / (path.stem + ".keys")
                log = secrets.read_bytes() if secrets.exists() else b""
                keep("keylogs", log)
                head = b"\x04" + struct.pack(">H", len(log)) + log if log and len(log) < 4000 else b""
                keep("tls", head + tls(said[begin:]), 8192)
            for message in messages(said):
                keep("headers", message.split(b"\r\n\r\n")[0] + b"\r\n")
                keep("mime", message)
                keep("dkim", SIGNATURE + message)
    for text in (b"", b"\0=cmd|' /C calc'!A1", b"\0\x1b]0;title\x07", "\0\u202eevil\u2066".encode(), b"\0<script>alert(1)</script>"):
        keep("outputs", text + b"\0")
    for seed in (b"\0\0\0\0\0\0\x20\0\0\x01\0\x10\x20\0\0", b"\x03\xff\x80\0\0\0\x40\x40\x01\x04\0\x20\x40\x80\x01"):
        keep("streams", seed * 8)


if __name__ == "__main__":
    main()
