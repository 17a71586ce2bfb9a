"""Text to build messages and pages from, made once: what is measured is the reader, not this program."""

import base64
import bisect

WORDS = """anchor basin copper delta ember fallow gravel harbour island juniper kestrel lantern meadow north orchard
pebble quarry river saddle timber upland valley willow yarrow amber bridge cinder drift elder ferry glade hollow""".split()
ACCENTED = "âge brücke été grün ladyża naïve señal über".split()
PLACES = ["kestrel.example", "harbour.example", "orchard.example", "upland.example", "ferry.example"]


class Lines:
    """Lines of text in one piece, of which runs of whole lines are cut."""

    def __init__(self, lines):
        self.text = b"".join(lines)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))

    def take(self, source, size):
        """About so many bytes."""
        pieces = []
        while size > 0:
            start = self.starts[source.randrange(len(self.starts) // 2)]
            end = self.starts[bisect.bisect_left(self.starts, min(start + size, len(self.text)))]
            pieces.append(self.text[start:end])
            size -= end - start
        return b"".join(pieces)


class Texts:
    def __init__(self, source):
        self.plain = Lines([self._line(source, WORDS) for _ in range(20_000)])
        self.accented = Lines([self._line(source, WORDS + ACCENTED) for _ in range(4_000)])
        self.markup = Lines([self._markup(source) for _ in range(10_000)])
        encoded = base64.encodebytes(source.randbytes(57 * 40_000))
        self.base64 = Lines([line + b"\r\n" for line in encoded.splitlines()])
        self.noise = source.randbytes(1 << 22)

    def _line(self, source, words):
        chance = source.random()
        if chance < 0.05:
            return b"\r\n"
        # Lines that begin with a dot are those that need stuffing.
        start = "." if chance < 0.056 else "> " if chance < 0.1 else ""
        return (start + " ".join(source.choices(words, k=source.randint(3, 11))) + "\r\n").encode()

    def _markup(self, source):
        words = " ".join(source.choices(WORDS, k=source.randint(2, 7)))
        element = source.choice(("p", "td", "li", "b"))
        return f'<{element} class=3D"{source.choice(WORDS)}">{words}</{element}>\r\n'.encode()

    def opaque(self, source, size):
        """Bytes as of pictures or ciphertext."""
        pieces = []
        while size > 0:
            start = source.randrange(len(self.noise) // 2)
            pieces.append(self.noise[start : start + size])
            size -= len(pieces[-1])
        return b"".join(pieces)

    def words(self, source, count):
        return " ".join(source.choices(WORDS, k=count))

    def address(self, source):
        return f"{source.choice(WORDS)}{source.randrange(1000)}@{source.choice(PLACES)}"


class Messages:
    """Makes the messages, numbered, so that no two are the same."""

    def __init__(self, texts, short):
        self.texts = texts
        self.short = short
        self.count = 0

    def make(self, source, sender, recipient, has_accents=False):
        """A message; with accents it must be declared as 8BITMIME (RFC 6152)."""
        self.count += 1
        texts = self.texts
        fields = [] if self.short else self._trace(source, recipient)
        fields += [
            f"From: {sender.split('@')[0].title()} <{sender}>",
            f"To: <{recipient}>",
            f"Subject: {texts.words(source, source.randint(2, 7))}",
            "Date: Tue, 14 Nov 2023 22:13:20 +0000",
            f"Message-ID: <{self.count}.{source.getrandbits(40):x}@{sender.split('@')[1]}>",
            "MIME-Version: 1.0",
        ]
        text = texts.accented if has_accents else texts.plain
        kind, body = self._short_body(source, text) if self.short else self._body(source, text)
        head = "\r\n".join(fields + [f"Content-Type: {kind}"])
        return head.encode() + b"\r\n\r\n" + body

    def _trace(self, source, recipient):
        place = source.choice(PLACES)
        return [
            f"Received: from {source.choice(WORDS)}.{place} ([192.0.2.{source.randint(1, 254)}])\r\n"
            f"\tby mx{number}.{place} with ESMTPS id {source.getrandbits(44):x}\r\n"
            f"\tfor <{recipient}>; Tue, 14 Nov 2023 22:13:1{number} +0000"
            for number in range(source.randint(1, 3))
        ]

    def _short_body(self, source, text):
        return "text/plain; charset=utf-8", text.take(source, source.randint(100, 600))

    def _body(self, source, text):
        texts = self.texts
        size = int(min(source.lognormvariate(8.7, 0.9), 200_000))
        if source.random() < 0.3:
            return "text/plain; charset=utf-8", text.take(source, size)
        mark = f"=_{source.getrandbits(64):x}"
        parts = [
            ("text/plain; charset=utf-8", "8bit", text.take(source, size // 3)),
            ("text/html; charset=utf-8", "quoted-printable", texts.markup.take(source, size)),
        ]
        if source.random() < 0.17:
            attached = int(min(source.lognormvariate(11.2, 1.4), 5_000_000))
            kind = f'application/pdf; name="{source.choice(WORDS)}.pdf"'
            parts.append((kind, "base64", texts.base64.take(source, attached)))
        pieces = []
        for content, encoding, text in parts:
            head = f"--{mark}\r\nContent-Type: {content}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            pieces += [head.encode(), text]
        pieces.append(f"--{mark}--\r\n".encode())
        return f'multipart/mixed; boundary="{mark}"', b"".join(pieces)
