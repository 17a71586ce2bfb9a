import PacketDecoding
import TestSupport
import Testing
import Wire

@testable import TCPStreams

// The structures that connections are kept in, each beside a plain one that is slow and surely right.

private func frame(_ number: Int) -> FrameDescriptor {
  FrameDescriptor(
    time: CaptureTime(nanoseconds: Int64(number)), number: number, file: 0, linkType: .ethernet, originalLength: 60)
}

/// A stream as one entry a byte: who came first has the place.
private struct PlainRuns {
  /// The byte and the piece that brought it; a byte that a snap length cut has no value.
  var octets: [Int: UInt8?] = [:]

  mutating func insert(from start: Int, to end: Int, _ bytes: [UInt8]) -> (overlapping: Int, conflicting: Int) {
    var overlapping = 0
    var conflicting = 0
    for position in start..<end {
      let offset = position - start
      let octet: UInt8? = offset < bytes.count ? bytes[offset] : nil
      if let known = octets[position] {
        overlapping += 1
        if let known, let octet, known != octet { conflicting += 1 }
      } else {
        octets[position] = .some(octet)
      }
    }
    return (overlapping, conflicting)
  }

  func text(from start: Int, to end: Int) -> [UInt8?] { (start..<end).map { octets[$0] ?? nil } }
}

@Test(arguments: UInt64(0)..<120)
func `held pieces are those bytes that came first, and cost what they take`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var runs = HeldRuns()
  var plain = PlainRuns()
  var cost = 0
  var pieces = 0
  for number in 1...80 {
    let start = Int.random(in: 0..<300, using: &random)
    let length = Int.random(in: 1...40, using: &random)
    let captured = Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 0...length, using: &random) : length
    let bytes = (0..<captured).map { UInt8(truncatingIfNeeded: start + $0) ^ UInt8.random(in: 0...1, using: &random) }
    let frameBytes = [UInt8](repeating: 0xff, count: 7) + bytes
    let insertion = runs.insert(
      from: start, to: start + length, captured: captured, of: frameBytes.span, at: 7, requirement: number,
      frame: frame(number))
    let expected = plain.insert(from: start, to: start + length, bytes)
    #expect((insertion.overlapping, insertion.conflicting) == expected)
    cost += insertion.cost
    pieces += insertion.addedPieces
    #expect(runs.count == pieces)
    #expect(runs.firstStart == plain.octets.keys.min())
  }
  var behind = -1
  while true {
    let (start, end) = (runs.firstStart, runs.firstEnd)
    guard let run = runs.popFirst() else { break }
    #expect(run.start == start && run.end == end && start > behind)
    #expect(
      plain.text(from: run.start, to: run.end) == run.bytes.map { $0 } + [UInt8?](repeating: nil, count: run.clipped))
    cost -= run.bytes.count + 144
    for position in run.start..<run.end { plain.octets[position] = nil }
    behind = run.end - 1
    pieces -= 1
    #expect(runs.count == pieces)
  }
  #expect(cost == 0)
  #expect(plain.octets.isEmpty && runs.isEmpty)
  #expect(runs.firstStart == .max && runs.firstEnd == .max && runs.firstFrame == nil)
}

@Test func `what was emptied holds again`() {
  var runs = HeldRuns()
  let bytes: [UInt8] = [1, 2, 3]
  for round in 0..<3 {
    for place in 0..<5 {
      _ = runs.insert(
        from: place * 10, to: place * 10 + 3, captured: 3, of: bytes.span, at: 0, requirement: round,
        frame: frame(place))
    }
    _ = runs.popFirst()
    #expect(runs.count == 4 && runs.firstStart == 10 && runs.firstRequirement == round)
    #expect(runs.firstFrame?.number == 1)
    runs.removeAll()
    #expect(runs.isEmpty && runs.count == 0)
  }
}

@Test(arguments: [
  // What is held, where it begins, what comes before it, and what is left of it.
  (held: "abcdef", at: 10, first: "abc", conflicting: 0, left: "def", freed: 3),
  (held: "abcdef", at: 10, first: "xbz", conflicting: 2, left: "def", freed: 3),
  (held: "ab", at: 10, first: "abc", conflicting: 0, left: "", freed: 146),
  (held: "ab", at: 11, first: "xab", conflicting: 0, left: "", freed: 146),
  (held: "abc", at: 12, first: "xyz", conflicting: 1, left: "bc", freed: 1),
  (held: "abc", at: 13, first: "xyz", conflicting: 0, left: "abc", freed: 0),
])
func `a piece that came first takes its bytes from those that are held`(
  held: String, at start: Int, first: String, conflicting: Int, left: String, freed: Int
) {
  var runs = HeldRuns()
  let bytes = Array(held.utf8)
  _ = runs.insert(
    from: start, to: start + bytes.count, captured: bytes.count, of: bytes.span, at: 0, requirement: 0, frame: frame(1))
  let overruled = runs.overrule(
    with: HeldRun(start: 10, requirement: 0, bytes: Array(first.utf8), clipped: 0, frame: frame(2)))
  #expect(overruled == (freed, conflicting))
  #expect(runs.popFirst()?.bytes == Array(first.utf8))
  let rest = runs.popFirst()
  #expect(rest.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" == left)
  #expect(runs.isEmpty)
}

@Test func `of a piece that a snap length cut, what is taken away is cut first where it was captured`() {
  var runs = HeldRuns()
  let bytes = Array("abcd".utf8)
  _ = runs.insert(from: 10, to: 20, captured: 4, of: bytes.span, at: 0, requirement: 0, frame: frame(1))
  let overruled = runs.overrule(
    with: HeldRun(start: 10, requirement: 0, bytes: Array("abcdef".utf8), clipped: 0, frame: frame(2)))
  #expect(overruled == (4, 0))
  #expect(runs.popFirst()?.end == 16)
  let rest = runs.popFirst()
  #expect(rest?.start == 16 && rest?.bytes == [] && rest?.clipped == 4)
}

private func connection(_ port: Int, slot: Int, hash: UInt32, generation: UInt32 = 1) -> Connection {
  let client = Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: UInt16(port))
  let server = Endpoint(address: IPAddress(ipv4: 0xc000_0202), port: 25)
  return Connection(
    id: ConnectionID(slot: slot), key: FlowKey(source: client, destination: server), hash: hash, generation: generation,
    clientIsLow: true, life: ConnectionLife(opening: .unanswered, frame: frame(1)), lastSeen: 0)
}

/// Hashes that fall into few places, the last ones of the table among them, so that searches go on from its beginning.
private let crowded: [UInt32] = [0, 1, 2, 1020, 1021, 1022, 1023, 1024, 2047, 0x8000_03ff, 0xffff_ffff]

@Test(arguments: UInt64(0)..<20)
func `the index finds what is in it and nothing else, however hashes collide`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var index = FlowIndex()
  let hashes = (0..<60).map { _ in crowded.randomElement(using: &random) ?? 0 }
  var inside: Set<Int> = []
  for _ in 0..<400 {
    let slot = Int.random(in: 0..<60, using: &random)
    if inside.remove(slot) != nil {
      index.remove(hash: hashes[slot], slot: slot)
    } else {
      inside.insert(slot)
      index.insert(hash: hashes[slot], slot: slot)
    }
    for (slot, hash) in hashes.enumerated() {
      let found = index.slot(of: hash) { $0 == slot }
      #expect(found == (inside.contains(slot) ? slot : nil))
    }
  }
}

@Test func `the index grows, keeps all that is in it, and is not harmed by what was never there`() {
  var index = FlowIndex()
  let hashes = (0..<3000).map { UInt32($0) &* 2_654_435_761 }
  for slot in hashes.indices {
    index.insert(hash: hashes[slot], slot: slot)
    index.remove(hash: 77, slot: 1_000_000)
  }
  for slot in hashes.indices { #expect(index.slot(of: hashes[slot]) { $0 == slot } == slot) }
}

@Test func `deadlines come in their order, those of the gone may be dropped`() {
  var slots = ConnectionSlots()
  for slot in 0..<10 { slots.place(connection(1000 + slot, slot: slot, hash: 0, generation: UInt32(slot)), at: slot) }
  var queue = TimerQueue()
  for due in 0..<3000 {
    queue.append(slot: due % 10, generation: UInt32(due % 10), due: Int64(due))
    #expect(queue.count == due + 1)
  }
  for due in 0..<2000 {
    #expect(queue.nextDue == Int64(due))
    let entry = queue.popFirst()
    #expect(entry?.due == Int64(due) && entry?.slot == Int32(due % 10))
    #expect(queue.count == 2999 - due)
  }
  slots.release(3)
  slots[4] = connection(5000, slot: 4, hash: 0, generation: 77)
  queue.removeStale(in: slots)
  #expect(queue.count == 800)
  var left: [Int64] = []
  while let entry = queue.popFirst() { left.append(entry.due) }
  #expect(left == (2000..<3000).filter { ![3, 4].contains($0 % 10) })
  #expect(queue.nextDue == .max && queue.count == 0)
}

@Test func `a slot that was let go is used again, and others stay where they are`() {
  var slots = ConnectionSlots()
  for slot in 0..<600 {
    #expect(slots.next() == slot)
    slots.place(connection(1000 + slot, slot: slot, hash: UInt32(slot)), at: slot)
  }
  slots.release(300)
  #expect((slots.used, slots.count) == (599, 600))
  let again = slots.next()
  #expect(again == 300)
  slots.place(connection(9000, slot: 300, hash: 9), at: again)
  #expect((slots.used, slots.count) == (600, 600))
  #expect(slots[300].hash == 9)
  for slot in 0..<600 where slot != 300 { #expect(slots[slot].hash == UInt32(slot)) }
}

@Test func `events come as they were put in, and those of one that is of no interest go but for its end`() {
  var queue = EventQueue()
  let (kept, dropped) = (ConnectionID(slot: 1), ConnectionID(slot: 2))
  for round in 0..<3 {
    for id in [dropped, kept] {
      queue.opened(id)
      queue.bytes(id, from: .client, 3..<7)
      queue.heldBytes(id, from: .server, HeldBytes(bytes: [UInt8(round)], frame: frame(round)))
      queue.gap(id, from: .client, 5)
      queue.finished(id, from: .server)
      queue.closed(id)
    }
    if round > 0 { queue.drop(dropped) }
    var told: [String] = []
    while let event = queue.popFirst() {
      switch event {
      case .opened(let id): told.append("open \(id.slot)")
      case .bytes(let id, let peer, let range): told.append("\(id.slot) \(peer) \(range)")
      case .heldBytes(let id, let peer, let held): told.append("\(id.slot) \(peer) \(held.bytes)")
      case .gap(let id, let peer, let count): told.append("\(id.slot) \(peer) gap \(count)")
      case .finished(let id, let peer): told.append("\(id.slot) \(peer) end")
      case .closed(let id): told.append("close \(id.slot)")
      }
    }
    func all(_ slot: Int) -> [String] {
      [
        "open \(slot)", "\(slot) client 3..<7", "\(slot) server [\(round)]", "\(slot) client gap 5",
        "\(slot) server end",
        "close \(slot)",
      ]
    }
    #expect(told == (round == 0 ? all(2) : ["close 2"]) + all(1))
    #expect(queue.isEmpty)
  }
}

@Test(arguments: [(1024, 1024), (1026, 1026), (1027, 0)])
func `deadlines of connections that are gone are dropped when there are many`(entries: Int, left: Int) {
  var slots = ConnectionSlots()
  slots.place(connection(1000, slot: 0, hash: 0, generation: 1), at: 0)
  var timers = TableTimers()
  for due in 0..<entries {
    for name in [TableTimers.Name.linger, .tail, .patience, .halfOpen, .idle, .holders] {
      timers.append(name, slot: 0, generation: 7, due: Int64(due))
    }
  }
  timers.removeStale(in: slots)
  let counts = [timers.linger, timers.tail, timers.patience, timers.halfOpen, timers.idle, timers.holders].map(\.count)
  #expect(counts == [Int](repeating: left, count: 6))
}
