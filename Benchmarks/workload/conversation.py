"""A TCP connection as bursts of frames, and the same on a path that loses and reorders.

Who writes a conversation yields `(frames, microseconds until the next burst)`; nothing is made before it is due, so many
conversations may be open at once.
"""

from .frames import ACK, CLIENT, FIN, PSH, RST, SERVER, SYN

WORD = 0xFFFFFFFF
FIRST_FLIGHT, LARGEST_FLIGHT = 10, 42
RETRANSMISSION_TIMEOUT = 220_000


class Conversation:
    """On a path that keeps everything in order."""

    def __init__(self, flow, source):
        self.flow = flow
        self.source = source
        self.round_trip = int(source.uniform(500, 90_000))
        self.next = [source.getrandbits(32), source.getrandbits(32)]
        # How many bytes each side has said.
        self.said = [0, 0]
        self.window = [FIRST_FLIGHT, FIRST_FLIGHT]

    def think(self):
        """How long a frame and whoever answers it take."""
        return self.round_trip // 2 + int(self.source.expovariate(1 / 5000))

    def frame(self, side, flags, payload=b"", options=None):
        """The next frame of a side, with its bytes counted."""
        other = 1 - side
        acknowledged = self.next[other] if flags & ACK else 0
        frame = self.flow.tcp(side, flags, self.next[side], acknowledged, payload, options)
        length = len(payload) + (1 if flags & (SYN | FIN) else 0)
        self.next[side] = (self.next[side] + length) & WORD
        return frame

    def open(self):
        yield [self.frame(CLIENT, SYN, options=self.flow.opening_options(CLIENT))], self.round_trip // 2
        yield [self.frame(SERVER, SYN | ACK, options=self.flow.opening_options(SERVER))], self.round_trip // 2
        yield [self.frame(CLIENT, ACK)], self.think()

    def close(self, first=SERVER):
        yield [self.frame(first, FIN | ACK)], self.round_trip // 2
        yield [self.frame(1 - first, FIN | ACK)], self.round_trip // 2
        yield [self.frame(first, ACK)], 0

    def reset(self, side):
        yield [self.frame(side, RST | ACK)], 0

    def say(self, side, data):
        """Bytes in a row, in flights that grow as in slow start (RFC 5681 section 3.1)."""
        start, size = 0, self.flow.segment_size
        while start < len(data):
            end = min(start + self.window[side] * size, len(data))
            self.window[side] = min(self.window[side] + 4, LARGEST_FLIGHT)
            wait = self.think() if end == len(data) else self.round_trip
            yield from self.flight(side, data, start, end, wait)
            self.next[side] = (self.next[side] + end - start) & WORD
            self.said[side] += end - start
            start = end

    def flight(self, side, data, start, end, wait):
        """Segments in order, every second one acknowledged."""
        size, make = self.flow.segment_size, self.flow.tcp
        other = 1 - side
        acknowledged, base = self.next[other], self.next[side] - start
        if end - start <= size:
            yield [make(side, PSH | ACK, self.next[side], acknowledged, data[start:end])], wait
            return
        frames = []
        for at in range(start, end, 2 * size):
            middle, stop = min(at + size, end), min(at + 2 * size, end)
            flags = ACK if stop < len(data) else PSH | ACK
            frames.append(make(side, flags, (base + at) & WORD, acknowledged, data[at:middle]))
            if stop > middle:
                frames.append(make(side, flags, (base + middle) & WORD, acknowledged, data[middle:stop]))
                frames.append(make(other, ACK, acknowledged, (base + stop) & WORD))
        yield frames, wait

    def has_all(self, side, start, end):
        """Whether the capture has these bytes of a side's stream."""
        return True


class TroubledConversation(Conversation):
    """The same on a path that reorders and loses, seen by a capture that misses frames too.

    What the receiver acknowledges is worked out from what reached it, so the acknowledgments are honest: duplicates
    while something is missing, and beyond the bytes that only the capture missed.
    """

    def __init__(self, flow, source, trouble):
        super().__init__(flow, source)
        self.trouble = trouble
        # For each side the ranges of its stream that no captured frame has.
        self.missing = ([], [])

    def flight(self, side, data, start, end, wait):
        size = self.flow.segment_size
        pieces = [(at, min(at + size, end)) for at in range(start, end, size)]
        on_time, late = self._journey(len(pieces))
        receiver = Receiver(len(pieces))
        captured = set()
        now = []
        for journey, pause in ((on_time, RETRANSMISSION_TIMEOUT if late else wait), (late, wait)):
            frames = list(self._frames(side, data, start, pieces, journey, receiver, captured))
            if journey:
                yield frames, pause
        base = self.said[side] - start
        self.missing[side].extend(
            (base + at, base + stop) for number, (at, stop) in enumerate(pieces) if number not in captured
        )

    def _journey(self, count):
        """In which order segments are sent: `(number, is captured, is received)`; and what is sent after a timeout."""
        chance, trouble = self.source.random, self.trouble
        order = [[number, True, True] for number in range(count)]
        for place in range(count - 1):
            if chance() < trouble.reordered:
                later = min(place + self.source.randint(1, 3), count - 1)
                order.insert(later, order.pop(place))
        late = []
        for step in list(order):
            if chance() >= trouble.retransmitted:
                continue
            # Lost before the capture or behind it.
            step[1 if chance() < 0.5 else 2] = False
            if not step[1]:
                step[2] = False
            again = order.index(step) + self.source.randint(4, 12)
            if again < len(order):
                order.insert(again, [step[0], True, True])
            else:
                late.append([step[0], True, True])
        for step in order + late:
            if chance() < trouble.missed:
                step[1] = False
        return order, late

    def _frames(self, side, data, start, pieces, journey, receiver, captured):
        make, other = self.flow.tcp, 1 - side
        acknowledged, base = self.next[other], self.next[side] - start
        for number, is_captured, is_received in journey:
            at, stop = pieces[number]
            flags = PSH | ACK if stop == len(data) else ACK
            if is_captured:
                captured.add(number)
                yield make(side, flags, (base + at) & WORD, acknowledged, data[at:stop])
            if is_received and receiver.take(number) and self.source.random() >= self.trouble.missed:
                reached = pieces[receiver.expected][0] if receiver.expected < len(pieces) else pieces[-1][1]
                yield make(other, ACK, acknowledged, (base + reached) & WORD)

    def has_all(self, side, start, end):
        """Whether the capture has these bytes of a side's stream."""
        return not any(at < end and start < stop for at, stop in self.missing[side])


class Receiver:
    """Who gets the segments of one flight, by their numbers."""

    def __init__(self, count):
        self.has = [False] * count
        self.expected = 0
        self.unacknowledged = 0

    def take(self, number):
        """Whether it acknowledges now: every second segment, and at once what is out of order (RFC 5681 section 4.2)."""
        in_order = number == self.expected
        self.has[number] = True
        while self.expected < len(self.has) and self.has[self.expected]:
            self.expected += 1
        self.unacknowledged += 1
        if in_order and self.unacknowledged < 2:
            return False
        self.unacknowledged = 0
        return True
