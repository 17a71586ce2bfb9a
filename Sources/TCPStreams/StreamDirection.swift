internal import PacketDecoding
internal import Wire

/// One direction of a connection: the stream that one side sends.
///
/// Positions count its bytes from the first one, whatever the sequence numbers; `position` is what was handed up or given
/// up, and everything that lies before it is past.
struct StreamDirection {
  // What every segment needs stands first and together: where many connections take turns, each line of memory is a wait.
  /// The sequence number of the byte at `position`.
  var next = TCPSequence(0)
  /// The sequence number of its first byte.
  var initial = TCPSequence(0)
  var rightChecksums: UInt16 = 0
  var wrongChecksums: UInt16 = 0
  var marks: Marks = []
  private(set) var position = 0
  /// How much of it the other side has acknowledged, as far as it is plausible.
  var acknowledged = 0
  /// Where the farthest captured segment ended.
  var highest = 0
  // The other side's segments need it until here, and the first of these.
  var path = PathWatch()
  var lastPayload = LastPayload()
  var recent = RecentFrames()
  var counts = DirectionFacts()
  // Its own need it until here.
  /// Where it ends, once its FIN was seen.
  var finPosition = Int.max
  /// What the other side must have handed up before this side's end.
  var finRequirement = 0
  /// What its reset claimed to be its position.
  var resetPosition = Int.max
  var held = HeldRuns()
  /// What they take in memory.
  var heldCost = 0
  /// Payload with a wrong checksum, for the case that the other side acknowledges it and nothing better comes.
  var doubtful = HeldRuns()
  var doubtfulCost = 0
  /// Since when it has been waiting for bytes that may never come; nil while nothing is missing.
  var waiting: Waiting?

  struct Waiting {
    var since: Int64
    var segments = 0
    /// Whether the other side has acknowledged what is missing.
    var isConfirmed: Bool
  }

  struct Marks: OptionSet {
    var rawValue: UInt16
    /// `next` means something.
    static let known = Marks(rawValue: 1)
    /// A segment of this direction was captured.
    static let seen = Marks(rawValue: 2)
    static let synSeen = Marks(rawValue: 4)
    /// Its end was handed up.
    static let finished = Marks(rawValue: 8)
    /// One sequence number is acknowledged behind its last byte, and nothing was captured there: taken for its FIN.
    static let finPresumed = Marks(rawValue: 32)
    /// It was given its chance to turn up and did not: what the other side acknowledges is missing at once.
    static let uncaptured = Marks(rawValue: 64)
    /// Its last segment announced a window of zero.
    static let windowClosed = Marks(rawValue: 128)
    /// Its last byte was a probe of the other side's closed window, which will be sent again.
    static let probed = Marks(rawValue: 256)
    /// Its FIN was acknowledged.
    static let finAcknowledged = Marks(rawValue: 512)
  }

  var isKnown: Bool { marks.contains(.known) }
  var isSeen: Bool { marks.contains(.seen) }

  /// It has sent a SYN and nothing behind it.
  var isOnlySYN: Bool { marks.contains(.synSeen) && highest == 0 && acknowledged == 0 }

  /// What an acknowledgement of the other side may require to have been handed up.
  var reach: Int {
    if position >= finPosition { return .max }
    return marks.contains(.finPresumed) ? position + 1 : position
  }

  /// A held piece is next.
  var hasNext: Bool { held.firstStart == position }

  /// Bytes that are acknowledged and neither handed up nor held at the front.
  var confirmedDeficit: Int {
    if hasNext { return 0 }
    let deficit = min(acknowledged, finPosition, held.firstStart) - position
    return deficit == 1 && marks.contains(.finPresumed) && held.isEmpty ? 0 : max(0, deficit)
  }

  mutating func begin(at sequence: TCPSequence) {
    marks.insert(.known)
    initial = sequence
    next = sequence
  }

  /// All that was captured of it was handed up, all that is acknowledged was captured, and nothing of it is special:
  /// its next segment can only go on.
  var isInStep: Bool {
    marks.contains([.known, .seen])
      && marks.isDisjoint(with: [.finished, .finPresumed, .uncaptured, .windowClosed, .probed])
      && acknowledged <= position && highest <= position && finPosition == .max && resetPosition == .max
      && held.isEmpty && doubtful.isEmpty && waiting == nil
  }

  /// All of it was handed up, its end too, and the other side has acknowledged both.
  var isWhollyClosed: Bool {
    marks.contains([.finished, .finAcknowledged]) && held.isEmpty && doubtful.isEmpty && waiting == nil
      && resetPosition == .max
  }

  func position(of sequence: TCPSequence) -> Int {
    position + sequence.distance(from: next)
  }

  /// The same as `advance(to:)` for one that is in step.
  mutating func goOn(by count: Int) {
    next = next.advanced(by: count)
    position += count
    highest = position
  }

  /// Everything before `target` is past.
  mutating func advance(to target: Int) {
    next = next.advanced(by: target - position)
    position = target
    if highest < target { highest = target }
    waiting = nil
    marks.remove(.finPresumed)
  }

  /// RFC 9293 section 3.10.7.4: a segment with a wrong checksum is dropped by its receiver. A sender whose checksums are
  /// wrong more often than right leaves them to its network card, and the capture saw them before the card did. The first
  /// segments decide nothing against it: until one was right, wrong ones are taken.
  mutating func accepts(_ verdict: ChecksumVerdict) -> Bool {
    switch verdict {
    case .offloaded, .unknown: return true
    case .right:
      if rightChecksums == .max { halveChecksums() }
      rightChecksums += 1
      return true
    case .wrong:
      if wrongChecksums == .max { halveChecksums() }
      let accepted = !isDoubtful(verdict)
      wrongChecksums += 1
      return accepted
    }
  }

  /// Whether it is a wrong checksum of a sender whose are right.
  func isDoubtful(_ verdict: ChecksumVerdict) -> Bool {
    guard case .wrong = verdict else { return false }
    return rightChecksums > wrongChecksums
  }

  private mutating func halveChecksums() {
    rightChecksums /= 2
    wrongChecksums /= 2
  }

  /// Whether the receiver's window and this connection's past make a segment that ends at `end` believable.
  func isPlausible(end: Int, window: Int) -> Bool {
    end <= max(position, acknowledged) + window
  }

  /// Keeps account of how long it has been waiting. `otherSeen`: the other direction is captured, so that it could confirm.
  mutating func watch(now: Int64, otherSeen: Bool) {
    if held.isEmpty, acknowledged <= position {
      waiting = nil
      return
    }
    let isConfirmed = confirmedDeficit > 0
    guard isConfirmed || (!otherSeen && !held.isEmpty && !hasNext) else {
      waiting = nil
      return
    }
    if waiting == nil || waiting?.isConfirmed != isConfirmed {
      waiting = Waiting(since: now, isConfirmed: isConfirmed)
    } else {
      waiting?.segments += 1
    }
  }

  /// When its patience ends by the clock; `Int64.max` when it waits for nothing.
  func deadline(_ limits: StreamLimits) -> Int64 {
    guard let waiting else { return .max }
    return waiting.since + (waiting.isConfirmed ? limits.patience : limits.unconfirmedPatience)
  }

  func isOutOfPatience(now: Int64, _ limits: StreamLimits) -> Bool {
    guard let waiting else { return false }
    if waiting.isConfirmed, marks.contains(.uncaptured) { return true }
    let segments = waiting.isConfirmed ? limits.patienceSegments : limits.unconfirmedPatienceSegments
    return waiting.segments >= segments || now >= deadline(limits)
  }
}
