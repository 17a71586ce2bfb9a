"""Frames as a capture has them: Ethernet, IPv4 or IPv6, TCP or UDP, every length and checksum right."""

import struct

CLIENT, SERVER = 0, 1
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP, UDP = 6, 17

RECORD = struct.Struct("<IIII").pack
IPV4 = struct.Struct("!HHHBBH").pack
IPV6 = struct.Struct("!HBB").pack
TCP_FIELDS = struct.Struct("!IIBBHHH").pack
UDP_FIELDS = struct.Struct("!HH").pack
TIMESTAMPS = struct.Struct("!HBBII").pack

WINDOW = 502
EPOCH = 1_700_000_000


def word_sum(data):
    """The one's-complement sum of 16-bit words (RFC 1071). 2**16 is 1 modulo 65535, so one division adds them all."""
    total = int.from_bytes(data, "big") % 65535
    return total << 8 if len(data) & 1 else total


class Flow:
    """The two ends of a connection and the headers of what they send.

    All that stays the same in every frame is laid out and summed up once; the sums are the same in both directions.
    """

    def __init__(self, source, addresses, ports, protocol=TCP, has_timestamps=False):
        self.is_ipv6 = len(addresses[0]) == 16
        self.protocol = protocol
        self.has_timestamps = has_timestamps
        self.segment_size = (1440 if self.is_ipv6 else 1460) - (12 if has_timestamps else 0)
        self.identification = [source.getrandbits(16), source.getrandbits(16)]
        self.timestamp = [source.getrandbits(31), source.getrandbits(31)]
        start = b"\x86\xdd\x60\0\0\0" if self.is_ipv6 else b"\x08\0\x45\0"
        self.start, self.ends = [], []
        for side in (CLIENT, SERVER):
            other = 1 - side
            self.start.append(b"\x02\0\0\0\0%c\x02\0\0\0\0%c" % (other, side) + start)
            self.ends.append(addresses[side] + addresses[other] + struct.pack("!HH", ports[side], ports[other]))
        address_sum = word_sum(addresses[0]) + word_sum(addresses[1])
        self.ipv4_sum = 0x4500 + 0x4000 + (64 << 8 | protocol) + address_sum
        self.segment_sum = address_sum + protocol + sum(ports)

    def _internet(self, side, length):
        """The IP header before a segment of so many bytes, and the ports behind it."""
        if self.is_ipv6:
            return self.start[side] + IPV6(length, self.protocol, 64) + self.ends[side]
        self.identification[side] = identification = (self.identification[side] + 1) & 0xFFFF
        total = 20 + length
        checksum = -(self.ipv4_sum + total + identification) % 65535
        return self.start[side] + IPV4(total, identification, 0x4000, 64, self.protocol, checksum) + self.ends[side]

    def tcp(self, side, flags, sequence, acknowledgment, payload=b"", options=None):
        if options is None:
            options = self._timestamps(side) if self.has_timestamps else b""
        length = 20 + len(options) + len(payload)
        offset = 80 + 4 * len(options)
        # Numbers of 32 bits are their two words here, by the same division.
        total = self.segment_sum + length + sequence + acknowledgment + (offset << 8 | flags) + WINDOW
        checksum = -(total + word_sum(options) + word_sum(payload)) % 65535
        fields = TCP_FIELDS(sequence, acknowledgment, offset, flags, WINDOW, checksum, 0)
        return self._internet(side, length) + fields + options + payload

    def opening_options(self, side):
        """What a SYN offers: MSS, SACK, timestamps, window scale (RFC 9293, 2018, 7323)."""
        size = struct.pack("!BBH", 2, 4, 1440 if self.is_ipv6 else 1460)
        if self.has_timestamps:
            return size + b"\x04\x02" + self._timestamps(side)[2:] + b"\x01\x03\x03\x07"
        return size + b"\x01\x01\x04\x02\x01\x03\x03\x07"

    def _timestamps(self, side):
        self.timestamp[side] = value = (self.timestamp[side] + 1) & 0xFFFFFFFF
        return TIMESTAMPS(0x0101, 8, 10, value, self.timestamp[1 - side])

    def udp(self, side, payload):
        length = 8 + len(payload)
        checksum = -(self.segment_sum + 2 * length + word_sum(payload)) % 65535 or 65535
        return self._internet(side, length) + UDP_FIELDS(length, checksum) + payload


class Capture:
    """A classic pcap file as it grows. `clock` is packet time in microseconds."""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.clock = 0
        self.bytes = 24
        self.packets = 0

    def write(self, frames):
        """Takes frames that follow each other on a link of a gigabit a second."""
        out = []
        clock = self.clock
        for frame in frames:
            size = len(frame)
            clock += 1 + size // 125
            out.append(RECORD(EPOCH + clock // 1_000_000, clock % 1_000_000, size, size))
            out.append(frame)
        self.clock = clock
        block = b"".join(out)
        self.file.write(block)
        self.bytes += len(block)
        self.packets += len(frames)
        return len(block)

    def close(self):
        self.file.close()
