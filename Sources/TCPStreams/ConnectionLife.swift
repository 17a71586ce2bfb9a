internal import PacketDecoding
internal import Wire

/// How a connection began, whether it lives, and how it ends.
struct ConnectionLife {
  var lastFrame: FrameDescriptor
  /// Who had bytes handed up last. Where both sides miss bytes, the other one is taken to have spoken next.
  var lastSpeaker = Peer.client
  var phase = Phase.open
  var opening: ConnectionFacts.Opening
  /// Set when it is closed.
  var closing: ConnectionFacts.Closing?
  /// Whoever sent FIN or a reset first.
  var closer: ConnectionFacts.Closing?
  /// A reset that the other side need not have obeyed; it counts if nothing follows.
  var doubtfulReset: Peer?
  var firstFrame: FrameDescriptor
  var handshakeDuration: Int64?
  var serverRoundTrip: Int64?
  var clientRoundTrip: Int64?
  /// The last SYN and the last SYN-ACK: what answers a retransmitted one is measured from that one (RFC 6298 section 3).
  private var lastSYN: CaptureTime?
  private var lastSYNACK: CaptureTime?
  var isIgnored = false
  /// Its endpoints are remembered when it is over, so that stragglers open no new connection.
  var isRemembered = false
  /// An entry for it waits in the queue of patience, of linger, of tails, of holders.
  var isAwaitingPatience = false
  var isAwaitingLinger = false
  var isAwaitingTail = false
  var isQueuedAsHolder = false

  enum Phase: Equatable {
    /// In no use.
    case free
    case open
    /// Its end was seen; it waits for tail packets.
    case ending(until: Int64)
    /// Over; its end is to be told yet.
    case closed
  }

  init(opening: ConnectionFacts.Opening, frame: FrameDescriptor) {
    self.opening = opening
    firstFrame = frame
    lastFrame = frame
  }

  /// The connection is open, its beginning is known, and nothing is to be kept account of but its last frame.
  var isInStep: Bool {
    phase == .open && !isIgnored && doubtfulReset == nil
      && (opening == .midstream || opening == .handshake && handshakeDuration != nil)
  }

  mutating func handshake(_ segment: TCPSegment, from peer: Peer, _ frame: FrameDescriptor, clientKnowsServer: Bool) {
    doubtfulReset = nil
    let isSYN = segment.flags.hasSYN
    if opening == .midstream {
      // Only the order of the capture let it look so.
      if isSYN { opening = .handshake }
      return
    }
    if opening == .unanswered, peer == .server || !isSYN { opening = .handshake }
    if isSYN { noteSYN(from: peer, at: frame.time) }
    if handshakeDuration == nil, peer == .client, !isSYN, segment.flags.hasACK, clientKnowsServer {
      handshakeDuration = max(0, frame.time.nanoseconds(since: firstFrame.time))
      clientRoundTrip = lastSYNACK.map { max(0, frame.time.nanoseconds(since: $0)) }
    }
  }

  private mutating func noteSYN(from peer: Peer, at time: CaptureTime) {
    switch peer {
    case .client:
      lastSYN = time
    case .server:
      if serverRoundTrip == nil { serverRoundTrip = lastSYN.map { max(0, time.nanoseconds(since: $0)) } }
      if handshakeDuration == nil { lastSYNACK = time }
    }
  }

  mutating func reset(by peer: Peer, _ work: StreamWork) {
    if closer == nil { closer = .reset(by: peer) }
    endSoon(work)
  }

  mutating func finished(by peer: Peer, isSecond: Bool, _ work: StreamWork) {
    if closer == nil { closer = .finished(by: peer) }
    if isSecond { endSoon(work) }
  }

  /// The FIN of the other side acknowledges the one of `peer`.
  mutating func closedFirst(_ peer: Peer) {
    if closer == .finished(by: peer.other) { closer = .finished(by: peer) }
  }

  /// A side that sends on behind its own reset did not send that reset. Returns whether it undid it.
  mutating func revive(_ peer: Peer) -> Bool {
    guard closer == .reset(by: peer), case .ending = phase else { return false }
    closer = nil
    phase = .open
    return true
  }

  private mutating func endSoon(_ work: StreamWork) {
    guard phase == .open else { return }
    phase = .ending(until: work.now + work.limits.linger)
  }
}
