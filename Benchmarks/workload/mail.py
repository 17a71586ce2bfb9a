"""Mail sessions as bursts of frames, and what a reader must find in them."""

import base64
import hashlib

from .frames import CLIENT, SERVER
from .others import handshake, tls_records
from .texts import PLACES, WORDS

EXTENSIONS = ["PIPELINING", "SIZE 52428800", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "CHUNKING"]
RECIPIENT_REPLIES = {
    250: "250 2.1.5 Ok\r\n",
    550: "550 5.1.1 User unknown\r\n",
    450: "450 4.2.1 Mailbox busy, try again later\r\n",
}
FINAL_REPLIES = {
    250: "250 2.0.0 Ok: queued as {:X}\r\n",
    554: "554 5.7.1 Message {:X} rejected by content filter\r\n",
    451: "451 4.3.0 Message {:X} not queued, try again later\r\n",
}


class Truth:
    """What is in a capture. Only digests are kept of the messages."""

    def __init__(self):
        self.sessions = 0
        self.outcomes = {}
        self.recipients = 0
        self.accepted_recipients = 0
        self.messages = 0
        self.message_bytes = 0
        self.digests = []
        self.damaged = []

    def add_transaction(self, outcome, codes):
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.recipients += len(codes)
        self.accepted_recipients += codes.count(250)

    def add_message(self, message, is_intact):
        self.messages += 1
        self.message_bytes += len(message)
        (self.digests if is_intact else self.damaged).append(hashlib.sha256(message).digest())

    def record(self):
        return {
            "sessions": self.sessions,
            "transactions": dict(sorted(self.outcomes.items())),
            "recipients": self.recipients,
            "accepted_recipients": self.accepted_recipients,
            "messages": self.messages,
            "message_bytes": self.message_bytes,
            "intact_messages": len(self.digests),
            "intact_messages_sha256": digest_of_digests(self.digests),
            "damaged_messages": sorted(digest.hex() for digest in self.damaged),
        }


def digest_of_digests(digests):
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def stuffed(message):
    """RFC 5321 section 4.5.2."""
    message = message.replace(b"\r\n.", b"\r\n..")
    return b"." + message if message.startswith(b".") else message


class MailSession:
    """One connection to a mail server, of one of the kinds that workloads are mixed of."""

    def __init__(self, world, conversation, source, kind):
        self.world = world
        self.truth = world.truth
        self.conversation = conversation
        self.source = source
        self.kind = kind
        self.is_extended = True
        self.host = f"mx{source.randint(1, 9)}.{source.choice(PLACES)}"
        self.truth.sessions += 1

    def client(self, text):
        return self.conversation.say(CLIENT, text.encode() if isinstance(text, str) else text)

    def server(self, text):
        return self.conversation.say(SERVER, text.encode())

    def exchange(self, command, reply):
        yield from self.client(command)
        yield from self.server(reply)

    def bursts(self):
        yield from self.conversation.open()
        yield from self.server(f"220 {self.host} ESMTP ready\r\n")
        if self.kind != "probe":
            yield from self._greet()
            if self.kind == "encrypted":
                yield from self._encrypted()
                yield from self.conversation.close()
                return
            if self.kind == "authenticated":
                yield from self._authenticate()
            for _ in range(self._transaction_count()):
                yield from self._transaction()
            if self.source.random() < 0.01:
                yield from self.conversation.reset(CLIENT)
                return
        yield from self.exchange("QUIT\r\n", "221 2.0.0 Bye\r\n")
        yield from self.conversation.close()

    def _transaction_count(self):
        if self.world.messages.short or self.source.random() < 0.75:
            return 1
        return self.source.randint(2, 5)

    def _greet(self):
        name = f"{self.source.choice(WORDS)}.{self.source.choice(PLACES)}"
        if self.kind == "plain" and self.source.random() < 0.07:
            self.is_extended = False
            yield from self.exchange(f"HELO {name}\r\n", f"250 {self.host}\r\n")
            return
        offers = [self.host, *EXTENSIONS] + (["AUTH PLAIN LOGIN"] if self.kind == "authenticated" else [])
        reply = "".join(f"250-{offer}\r\n" for offer in offers[:-1]) + f"250 {offers[-1]}\r\n"
        yield from self.exchange(f"EHLO {name}\r\n", reply)

    def _authenticate(self):
        user = self.source.choice(WORDS)
        token = base64.b64encode(f"\0{user}\0not-a-secret".encode()).decode()
        yield from self.exchange(f"AUTH PLAIN {token}\r\n", "235 2.7.0 Authentication successful\r\n")

    def _encrypted(self):
        source = self.source
        yield from self.exchange("STARTTLS\r\n", "220 2.0.0 Ready to start TLS\r\n")
        yield from handshake(self.world, self.conversation, source, self.host)
        for _ in range(5):
            yield from self.conversation.say(CLIENT, tls_records(self.world, source, source.randint(40, 90)))
            yield from self.conversation.say(SERVER, tls_records(self.world, source, source.randint(40, 200)))
        size = 600 if self.world.messages.short else source.randint(4000, 60_000)
        yield from self.conversation.say(CLIENT, tls_records(self.world, source, size))
        yield from self.conversation.say(SERVER, tls_records(self.world, source, 80))

    def _codes(self):
        """The server's codes to the recipients."""
        source = self.source
        count = 1 if source.random() < 0.7 else min(2 + int(source.expovariate(0.35)), 20)
        if self.kind == "refused":
            return [550] * count
        codes = source.choices((250, 550, 450), (0.94, 0.04, 0.02), k=count)
        return codes if 250 in codes else [550] * count

    def _transaction(self):
        source, truth, texts = self.source, self.truth, self.world.texts
        begun = tuple(self.conversation.said)
        codes = self._codes()
        addresses = [texts.address(source) for _ in codes]
        sender = texts.address(source)
        if self.kind == "plain" and source.random() < 0.03:
            truth.add_transaction("aborted", codes[:1] if codes[0] == 250 else [250])
            yield from self.exchange(f"MAIL FROM:<{sender}>\r\n", "250 2.1.0 Ok\r\n")
            yield from self.exchange(f"RCPT TO:<{addresses[0]}>\r\n", RECIPIENT_REPLIES[250])
            yield from self.exchange("RSET\r\n", "250 2.0.0 Ok\r\n")
            return
        if 250 not in codes:
            truth.add_transaction("refused", codes)
            yield from self._envelope(sender, "", addresses, codes)
            yield from self.exchange("RSET\r\n", "250 2.0.0 Ok\r\n")
            return
        has_accents = self.is_extended and source.random() < 0.2
        message = self.world.messages.make(source, sender, addresses[0], has_accents)
        parameters = f" SIZE={len(message)}" if self.is_extended and source.random() < 0.8 else ""
        parameters += " BODY=8BITMIME" if has_accents else ""
        yield from self._envelope(sender, parameters, addresses, codes)
        final = source.choices((250, 554, 451), (0.96, 0.03, 0.01))[0]
        yield from self._transfer(message, FINAL_REPLIES[final].format(source.getrandbits(40)))
        partly = "accepted" if codes.count(250) == len(codes) else "partially_accepted"
        truth.add_transaction({250: partly, 554: "refused", 451: "deferred"}[final], codes)
        truth.add_message(message, self._is_intact(begun))

    def _is_intact(self, begun):
        """Whether the capture has every byte of the transaction."""
        conversation = self.conversation
        return all(conversation.has_all(side, begun[side], conversation.said[side]) for side in (CLIENT, SERVER))

    def _envelope(self, sender, parameters, addresses, codes):
        commands = [f"MAIL FROM:<{sender}>{parameters}\r\n"] + [f"RCPT TO:<{address}>\r\n" for address in addresses]
        replies = ["250 2.1.0 Ok\r\n"] + [RECIPIENT_REPLIES[code] for code in codes]
        if self.kind != "chunked" and (250 in codes or self.kind == "pipelined"):
            commands.append("DATA\r\n")
            is_welcome = 250 in codes
            replies.append("354 Go on\r\n" if is_welcome else "554 5.5.1 No valid recipients\r\n")
        if self.kind in ("pipelined", "chunked"):
            yield from self.exchange("".join(commands), "".join(replies))
            return
        for command, reply in zip(commands, replies):
            yield from self.exchange(command, reply)

    def _transfer(self, message, reply):
        if self.kind != "chunked":
            yield from self.exchange(stuffed(message) + b".\r\n", reply)
            return
        # RFC 3030: one chunk, or several of a size.
        size = len(message) if self.source.random() < 0.6 else 1 << self.source.randint(12, 16)
        for start in range(0, len(message), size):
            chunk = message[start : start + size]
            is_last = start + size >= len(message)
            command = b"BDAT %d%s\r\n" % (len(chunk), b" LAST" if is_last else b"")
            yield from self.exchange(command + chunk, reply if is_last else f"250 2.0.0 {len(chunk)} octets\r\n")
