#!/usr/bin/env python3
"""Writes messages that MIME readers find hard, made by chance from a seed.

    mime_torture.py SEED COUNT DIRECTORY [whole]

Structure, encodings, names and line ends are mixed; some messages are whole and some are damaged as senders and servers on
the way damage them; with "whole" none is damaged. The same seed writes the same messages.
"""
import base64
import binascii
import pathlib
import quopri
import random
import sys

TYPES = ["text/plain", "text/html", "application/octet-stream", "application/pdf", "image/png", "TEXT/Plain; charset=utf-8",
         "text/plain; charset=\"iso-8859-1\"", "application/x-what"]
NAMES = ["a.txt", "two words.pdf", "caf\u00e9.txt", "\u0444\u0430\u0439\u043b.doc", "semi;colon.txt", "quote\"d.txt", "=?odd?=.bin", "x" * 90 + ".zip"]


class Writer:
    def __init__(self, rng, whole):
        self.rng = rng
        self.whole = whole
        self.count = 0

    def chance(self, one_in):
        return self.rng.randrange(one_in) == 0

    def damage(self, one_in):
        return not self.whole and self.chance(one_in)

    def body(self):
        kind = self.rng.randrange(6)
        if kind == 0:
            return b""
        if kind == 1:
            return self.rng.randbytes(self.rng.randrange(1, 400))
        lines = []
        for _ in range(self.rng.randrange(1, 12)):
            lines.append(self.rng.choice([
                b"plain words", b"", b"--", b"-- ", b"--b1", b"--b", b"caf\xc3\xa9 = 3", b"From here on", b".", b"x" * 200,
                b"- dash", b"tab\there", b"trailing \t", b"a=3Db"]))
        return b"\r\n".join(lines) + self.rng.choice([b"", b"\r\n", b"\r\n\r\n"])

    def encoded(self, body):
        """The transfer encoding's name and the encoded body, whose lines end in CRLF."""
        kind = self.rng.choice(["7bit", "base64", "base64", "quoted-printable", "quoted-printable", None, "binary"])
        if kind == "base64":
            text = binascii.b2a_base64(body, newline=False)
            width = self.rng.choice([76, 60, 72, 4])
            lines = [text[i:i + width] for i in range(0, len(text), width)]
            if self.damage(6) and lines:
                lines.insert(self.rng.randrange(len(lines)), b" ")
            if self.damage(8) and lines:
                lines[-1] = lines[-1].rstrip(b"=")
            return self.rng.choice(["base64", "BASE64", " Base64" if self.whole else " Base64 "]), b"\r\n".join(lines)
        if kind == "quoted-printable":
            text = quopri.encodestring(body, quotetabs=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            return kind, text
        return kind, body

    def name_parameter(self, key):
        name = self.rng.choice(NAMES)
        form = self.rng.randrange(4)
        if form == 0 and name.isascii() and not set(name) & set(' ;"=?'):
            return f"{key}={name}"
        if form == 1:
            quoted = "".join("%%%02X" % b if b > 126 or b < 33 or chr(b) in "%;\"'*" else chr(b) for b in name.encode())
            return f"{key}*=utf-8''{quoted}"
        if form == 2:
            quoted = ["".join("%%%02X" % b if b > 126 or b < 33 or chr(b) in "%;\"'*" else chr(b) for b in piece.encode())
                      for piece in (name[:3], name[3:])]
            return f"{key}*0*=utf-8''{quoted[0]};\r\n {key}*1*={quoted[1]}"
        if not name.isascii():
            name = "=?utf-8?B?" + base64.b64encode(name.encode()).decode() + "?="
        return '%s="%s"' % (key, name.replace("\\", "\\\\").replace('"', '\\"'))

    def part(self, depth):
        """A part's header section with its blank line, and its body."""
        kind = self.rng.randrange(10)
        if depth < 4 and kind < 3:
            return self.multipart(depth)
        if depth < 4 and kind == 3:
            head, body = self.part(depth + 1)
            return b"Content-Type: message/rfc822\r\n\r\n", b"Subject: inner\r\n" + head + body
        encoding, body = self.encoded(self.body())
        fields = []
        if not self.chance(8):
            kind = self.rng.choice(TYPES)
            if self.chance(4):
                kind += ";\r\n\t" + self.name_parameter("name")
            fields.append("Content-Type: " + kind)
        if encoding is not None:
            fields.append("Content-Transfer-Encoding:" + " " + encoding)
        if self.chance(2):
            disposition = self.rng.choice(["attachment", "inline", "ATTACHMENT"])
            if not self.chance(4):
                disposition += "; " + self.name_parameter("filename")
            fields.append("Content-Disposition: " + disposition)
        self.rng.shuffle(fields)
        return "".join(f + "\r\n" for f in fields).encode() + b"\r\n", body

    def multipart(self, depth):
        self.count += 1
        # Lines of bodies look like delimiters of the first two.
        boundaries = ["b", "b1", "=_x", "----=_Next Part", "'()+_,-./:=?"]
        boundary = self.rng.choice(boundaries[2:] if self.whole else boundaries) + str(self.count)
        if self.damage(10):
            boundary = "b"
        out = [self.rng.choice([b"", b"preamble\r\n", b"\r\n", b"--\r\n"])]
        for _ in range(self.rng.randrange(0 if self.damage(6) else 1, 4)):
            head, body = self.part(depth + 1)
            out.append(b"--" + boundary.encode() + self.rng.choice([b"", b"", b" ", b"\t"]) + b"\r\n" + head + body + b"\r\n")
        if not self.damage(8):
            out.append(b"--" + boundary.encode() + b"--" + self.rng.choice([b"\r\n", b"", b"\r\nepilogue\r\n"]))
        field = 'Content-Type: multipart/%s;%sboundary="%s"\r\n\r\n' % (
            self.rng.choice(["mixed", "alternative", "related", "report", "MIXED", "x-odd"]),
            self.rng.choice([" ", "\r\n\t"]), boundary)
        return field.encode(), b"".join(out)

    def message(self):
        self.count = 0
        head, body = self.part(0)
        message = b"From: a@kestrel.example\r\nSubject: torture\r\nMIME-Version: 1.0\r\n" + head + body
        if self.whole:
            return message + b"\r\n"
        damage = self.rng.randrange(12)
        if damage == 0:
            message = message.replace(b"\r\n", b"\n")
        elif damage == 1:
            message = message[:self.rng.randrange(len(message))]
        elif damage == 2:
            lines = message.split(b"\r\n")
            del lines[self.rng.randrange(len(lines))]
            message = b"\r\n".join(lines)
        return message


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    writer = Writer(random.Random(seed), sys.argv[4:] == ["whole"])
    for number in range(count):
        (folder / f"{seed}-{number:05}.eml").write_bytes(writer.message())


if __name__ == "__main__":
    main()
