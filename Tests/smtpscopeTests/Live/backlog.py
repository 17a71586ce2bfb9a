"""Sends the packets of a mail in one go, for tests. Usage: backlog.py INTERFACE

A segment of the text comes late: behind those that follow it, behind their acknowledgement, and behind thousands of
packets that belong to no connection, more than are read in one go.
"""

import socket
import struct
import sys

wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
client = (bytes([10, 77, 0, 1]), 40000)
server = (bytes([10, 77, 0, 2]), 2525)
SYN, ACK, FIN = 2, 16, 1
identification = 0


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def send(source, target, sequence, acknowledgment, flags, data=b""):
    global identification
    identification = (identification + 1) & 0xFFFF
    tcp = struct.pack("!HHIIBBHHH", source[1], target[1], sequence, acknowledgment, 5 << 4, flags, 65000, 0, 0)
    pseudo = source[0] + target[0] + struct.pack("!HH", 6, len(tcp) + len(data))
    sum_ = checksum(pseudo + tcp + data + bytes(len(data) % 2))
    tcp = tcp[:16] + struct.pack("!H", sum_) + tcp[18:] + data
    ip = struct.pack("!BBHHHBBH", 5 | 4 << 4, 0, 20 + len(tcp), identification, 0x4000, 64, 6, 0)
    ip += source[0] + target[0]
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    # To a host that there is not, so that nobody answers.
    wire.send(bytes.fromhex("02000000000902000000000a0800") + ip + tcp)


numbers = {client: 1000, server: 5000}


def say(source, text="", flags=0):
    target = server if source is client else client
    send(source, target, numbers[source], numbers[target], ACK | flags, text.encode())
    numbers[source] += len(text) + (1 if flags else 0)


send(client, server, 999, 0, SYN)
send(server, client, 4999, 1000, SYN | ACK)
say(client)
for line in [
    "S220 mx.harbour.example ESMTP", "CEHLO kestrel.example", "S250 mx.harbour.example",
    "CMAIL FROM:<ann@kestrel.example>", "S250 ok", "CRCPT TO:<bob@harbour.example>", "S250 ok", "CDATA", "S354 go on",
    "CSubject: late", "C",
]:
    say(client if line[0] == "C" else server, line[1:] + "\r\n")
late = "This one comes late.\r\n"
place = numbers[client]
numbers[client] += len(late)
say(client, "This one does not.\r\n")
say(server)
for _ in range(6000):
    send((client[0], 40001), (server[0], 2525), 1, 1, ACK)
send(client, server, place, numbers[server], ACK, late.encode())
for line in ["C.", "S250 queued", "CQUIT", "S221 bye"]:
    say(client if line[0] == "C" else server, line[1:] + "\r\n")
say(client, flags=FIN)
say(server, flags=FIN)
say(client)
