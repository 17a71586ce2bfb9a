#!/usr/bin/env python3
"""Makes of a capture the one that a firewall's other side would have seen: the pair samples/pair-*.pcap.

    Tests/Tools/capture_pair.py IN INSIDE OUTSIDE

IN is a pcap of Ethernet frames with IPv4 and TCP. INSIDE is it as the client's network has it, OUTSIDE as the server's
has it, on the other side of a firewall of the old sort: it translates the client's address and port, is a router (time to
live), clamps the segment size, takes 4 ms, loses one packet of the client's, and inspects SMTP: the greeting becomes
asterisks, PIPELINING an X for each letter. The outside clock is 2.5 s ahead. Needs the standard library only.
"""
import struct
import sys

NAT = (bytes([198, 51, 100, 9]), 40001)
WAY, AHEAD = 4_000, 2_500_000  # microseconds


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def rebuilt(frame, source=None, destination=None, ttl=0, payload=None, mss=None):
    """The frame with other addresses (address, port), a time to live that is lower by ttl, another payload or MSS."""
    ip, head = frame[14:34], (frame[14] & 15) * 4
    length = struct.unpack(">H", ip[2:4])[0]
    tcp = bytearray(frame[14 + head:14 + length])
    ip = bytearray(frame[14:14 + head])
    offset = (tcp[12] >> 4) * 4
    if payload is not None:
        assert len(payload) == len(tcp) - offset
        tcp[offset:] = payload
    if mss:
        place = 20
        while place < offset and tcp[place] != 0:
            if tcp[place] == 1:
                place += 1
                continue
            if tcp[place] == 2:
                tcp[place + 2:place + 4] = struct.pack(">H", mss)
            place += tcp[place + 1]
    for end, address_at, port_at in ((source, 12, 0), (destination, 16, 2)):
        if end:
            ip[address_at:address_at + 4] = end[0]
            tcp[port_at:port_at + 2] = struct.pack(">H", end[1])
    ip[8] -= ttl
    ip[10:12] = b"\0\0"
    ip[10:12] = struct.pack(">H", checksum(bytes(ip)))
    tcp[16:18] = b"\0\0"
    pseudo = bytes(ip[12:20]) + struct.pack(">BBH", 0, 6, len(tcp))
    tcp[16:18] = struct.pack(">H", checksum(pseudo + bytes(tcp)))
    return frame[:14] + bytes(ip) + bytes(tcp)


def read(path):
    data = open(path, "rb").read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    place, packets = 24, []
    while place < len(data):
        seconds, micros, captured, _ = struct.unpack(order + "IIII", data[place:place + 16])
        packets.append((seconds * 1_000_000 + micros, data[place + 16:place + 16 + captured]))
        place += 16 + captured
    return packets


def write(path, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for time, frame in sorted(packets, key=lambda packet: packet[0]):
            file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(frame), len(frame)) + frame)


def inspected(payload):
    """What the firewall makes of the server's lines."""
    if payload.startswith(b"220 ") and b"ESMTP" in payload:
        return b"220 " + b"*" * (len(payload) - 6) + b"\r\n"
    return payload.replace(b"PIPELINING", b"X" * 10).replace(b"STARTTLS", b"XXXXXXXA")


def main(source, inside, outside):
    packets = read(source)
    first = packets[0][1]
    client = (first[26:30], struct.unpack(">H", first[34:36])[0])
    near, far, lost = [], [], False
    for time, frame in packets:
        head = (frame[14] & 15) * 4
        flags = frame[14 + head + 13]
        offset = (frame[14 + head + 12] >> 4) * 4
        payload = frame[14 + head + offset:14 + struct.unpack(">H", frame[16:18])[0]]
        mss = 1380 if flags & 2 else None
        if frame[26:30] == client[0]:
            near.append((time, frame))
            if payload.startswith(b"MAIL FROM") and not lost:
                # Lost between, and sent again: the capture shows it twice inside.
                lost = True
                time += 1_000
                near.append((time, frame))
            far.append((time + WAY + AHEAD, rebuilt(frame, source=NAT, ttl=1, mss=mss)))
        else:
            # As the inside saw it at that time, so the outside before.
            near.append((time, rebuilt(frame, ttl=1, payload=inspected(payload), mss=mss)))
            far.append((time - WAY + AHEAD, rebuilt(frame, destination=NAT)))
    write(inside, near)
    write(outside, far)


if __name__ == "__main__":
    main(*sys.argv[1:])
