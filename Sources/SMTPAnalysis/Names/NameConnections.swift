internal import HostNames
internal import TCPStreams
internal import Wire

/// A shard's connections that show something of names: to name servers, which are read, and to ident ports.
struct NameConnections {
  /// What was found since it was last taken.
  var observations: [NameObservation] = []
  private var streams: [Int: MessageStream] = [:]
  /// The last frame told of each call that lasts, by its slot.
  private var calls: [Int: Int] = [:]
  private let limits = HostNameLimits()

  static let serverPort: UInt16 = 53
  /// Calls of ident ports that are followed at the same time: a scan of that port is of no interest.
  private static let mostCalls = 64

  // MARK: Name servers

  /// Whether a connection to a name server is read from now on; there may be too many.
  mutating func follow(_ slot: Int) -> Bool {
    guard streams.count < limits.streams else { return false }
    streams[slot] = MessageStream(limits: limits)
    return true
  }

  /// Takes the next bytes of the server's side.
  mutating func receive(
    _ bytes: Span<UInt8>, in slot: Int, _ facts: ConnectionFacts, time: CaptureTime, frame: Int, ordinal: Int
  ) {
    guard var stream = streams.removeValue(forKey: slot) else { return }
    stream.receive(bytes) { message in
      let seen = SeenMessage(
        message, from: facts.server, to: facts.client, isCut: false, time: time, frame: frame)
      if let seen { observations.append(NameObservation(ordinal: ordinal, content: .message(seen))) }
    }
    streams[slot] = stream
  }

  mutating func leave(_ slot: Int) {
    streams[slot] = nil
  }

  // MARK: Ident

  func hasCall(in slot: Int) -> Bool { !calls.isEmpty && calls[slot] != nil }

  var openCalls: [Int] { calls.isEmpty ? [] : calls.keys.sorted() }

  mutating func callBegan(_ facts: ConnectionFacts, in slot: Int, ordinal: Int) {
    guard calls.count < Self.mostCalls else { return }
    tell(facts, in: slot, ordinal: ordinal)
  }

  /// Tells how a call stands, where anything has happened.
  mutating func callStands(_ facts: ConnectionFacts, in slot: Int, ordinal: Int, hasEnded: Bool) {
    guard let told = calls[slot] else { return }
    if told != facts.lastFrame.number || hasEnded { tell(facts, in: slot, ordinal: ordinal) }
    if hasEnded { calls[slot] = nil }
  }

  private mutating func tell(_ facts: ConnectionFacts, in slot: Int, ordinal: Int) {
    calls[slot] = facts.lastFrame.number
    observations.append(NameObservation(ordinal: ordinal, content: .call(IdentCall(facts))))
  }
}
