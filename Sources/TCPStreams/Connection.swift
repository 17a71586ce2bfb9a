internal import PacketDecoding
internal import Wire

/// What all connections of a table share while one of them works.
struct StreamWork {
  let limits: StreamLimits
  var clock = PacketClock()
  var events = EventQueue()
  var counts = StreamLimitCounts()
  /// What all connections hold together.
  var heldCost = 0

  init(limits: StreamLimits) {
    self.limits = limits
  }

  var now: Int64 { clock.now }
}

/// Both directions of a connection and what is known of it.
struct Connection {
  // What every segment needs stands first in each part: see `StreamDirection`.
  let key: FlowKey
  let clientIsLow: Bool
  /// Both directions are in step and the connection is open: `takeInStep` may take its next segment. False says nothing.
  private(set) var isInStep = false
  /// When its last segment came, by the packet clock.
  var lastSeen: Int64
  var life: ConnectionLife
  var client = StreamDirection()
  var server = StreamDirection()
  let hash: UInt32
  let generation: UInt32
  let id: ConnectionID
  var silence = SilenceWatch()
  fileprivate var stalls: [ConnectionFacts.Stall] = []

  init(
    id: ConnectionID, key: FlowKey, hash: UInt32, generation: UInt32, clientIsLow: Bool, life: ConnectionLife,
    lastSeen: Int64
  ) {
    self.key = key
    self.hash = hash
    self.generation = generation
    self.id = id
    self.clientIsLow = clientIsLow
    self.lastSeen = lastSeen
    self.life = life
  }

  /// Memory that waits in both directions.
  var heldCost: Int {
    client.heldCost + server.heldCost + client.doubtfulCost + server.doubtfulCost
  }

  /// Something other than a segment changed it.
  mutating func leaveStep() {
    isInStep = false
  }

  /// Both sides have closed it, and nothing of either is missing or waits for its acknowledgement.
  var isWhollyClosed: Bool { client.isWhollyClosed && server.isWhollyClosed && life.doubtfulReset == nil }

  /// Which of the two ends sent a segment.
  func sender(of segment: TCPSegment) -> Peer {
    key.isLow(segment.source) == clientIsLow ? .client : .server
  }

  // Mutating although they change nothing, so that the table looks at the connection where it lies and does not copy it.

  mutating func lastFrame() -> FrameDescriptor { life.lastFrame }

  mutating func progress(of peer: Peer) -> (acknowledged: Int, delivered: Int) {
    switch peer {
    case .client: (client.acknowledged, client.position)
    case .server: (server.acknowledged, server.position)
    }
  }

  /// What is to be known for ``FlowAccount``.
  mutating func standing(of peer: Peer) -> (counts: DirectionFacts, hole: Int?) {
    switch peer {
    case .client: (client.counts, server.confirmedDeficit > 0 ? server.position : nil)
    case .server: (server.counts, client.confirmedDeficit > 0 ? client.position : nil)
    }
  }

  mutating func firstSequence(of peer: Peer) -> UInt32? {
    switch peer {
    case .client: client.isKnown ? client.initial.rawValue : nil
    case .server: server.isKnown ? server.initial.rawValue : nil
    }
  }

  mutating func firstFacts() -> ConnectionFacts {
    ConnectionFacts(
      client: clientIsLow ? key.low : key.high, server: clientIsLow ? key.high : key.low, opening: life.opening,
      firstFrame: life.firstFrame)
  }

  mutating func facts(now: Int64 = 0, flow account: FlowAccount? = nil) -> ConnectionFacts {
    ConnectionFacts(of: self, now: now, flow: account)
  }

  /// Whether the SYN opens another connection between the same endpoints: its initial sequence number is a new one
  /// (RFC 9293 section 3.4.1).
  func isReopened(by segment: TCPSegment, from peer: Peer) -> Bool {
    guard segment.flags.hasSYN, !segment.flags.hasRST else { return false }
    return peer == .client ? differs(client, segment) : differs(server, segment)
  }

  private func differs(_ direction: StreamDirection, _ segment: TCPSegment) -> Bool {
    guard direction.isKnown else { return false }
    if !direction.isSeen, direction.position == 0, direction.held.isEmpty { return false }
    return direction.initial != TCPSequence(segment.sequence).advanced(by: 1)
  }

  /// Its SYN waits for an answer.
  var isHalfOpen: Bool { life.phase == .open && life.opening == .unanswered }

  /// As far as a sender gets in a round-trip time after its peer closed.
  static let stragglerReach = 1 << 20

  /// What a segment between the connection's endpoints is to it.
  enum Meeting {
    case part(of: Peer)
    /// It opens another connection, or comes when this one has been silent for too long.
    case successor
    /// It comes after the time for tail packets.
    case tooLate
    case straggler
  }

  mutating func meet(_ segment: TCPSegment, now: Int64, idleTimeout: Int64) -> Meeting {
    let peer = sender(of: segment)
    if segment.flags.hasSYN, isReopened(by: segment, from: peer) { return .successor }
    switch life.phase {
    case .open: return now - lastSeen > idleTimeout ? .successor : .part(of: peer)
    case .ending(let until): return now > until ? .tooLate : .part(of: peer)
    case .closed, .free: return .straggler
    }
  }

  /// Takes a segment of its own. Returns whether it waits for something now, so that its deadlines must be set.
  mutating func receive(
    _ segment: TCPSegment, from peer: Peer, in bytes: Span<UInt8>, frame: FrameDescriptor, _ work: inout StreamWork
  ) -> Bool {
    isInStep = false
    if client.waiting != nil || server.waiting != nil { timePassed(&work) }
    life.lastFrame = frame
    let silence = work.now - lastSeen
    let retransmitted = client.counts.retransmittedSegments + server.counts.retransmittedSegments
    if silence >= SilenceWatch.shortest {
      self.silence.broken(by: peer, after: silence, client: client, server: server)
    }
    lastSeen = work.now
    switch peer {
    case .client:
      Connection.exchange(
        segment, in: bytes, frame: frame, id: id, from: .client, sender: &client, receiver: &server, &life, &work)
    case .server:
      Connection.exchange(
        segment, in: bytes, frame: frame, id: id, from: .server, sender: &server, receiver: &client, &life, &work)
    }
    if silence >= Connection.shortestStall, stalls.count < Connection.stallLimit,
      client.counts.retransmittedSegments + server.counts.retransmittedSegments > retransmitted
    {
      stalls.append(ConnectionFacts.Stall(from: peer, until: frame.time, lasting: silence))
    }
    if !life.isIgnored { settle(&work) }
    isInStep = life.isInStep && client.isInStep && server.isInStep
    return life.phase != .open || client.waiting != nil || server.waiting != nil || heldCost > 0
  }

  /// Silences before a retransmission that are kept, from a tenth of a second on: a lossy connection may have thousands.
  private static let stallLimit = 64
  private static let shortestStall: Int64 = 100_000_000

  private static func exchange(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor, id: ConnectionID, from peer: Peer,
    sender: inout StreamDirection, receiver: inout StreamDirection, _ life: inout ConnectionLife,
    _ work: inout StreamWork
  ) {
    let flags = segment.flags
    if life.isIgnored {
      sender.counts.packets += 1
      if flags.hasRST {
        life.reset(by: peer, work)
      } else if flags.hasFIN, sender.finPosition == .max {
        sender.finPosition = 0
        life.finished(by: peer, isSecond: receiver.finPosition != .max, work)
      }
      return
    }
    if !flags.hasRST, !sender.path.knows(segment.timeToLive) { sender.path.widen(segment.timeToLive) }
    // One with a wrong checksum was never taken: the right one behind it is no copy of it, however alike they are.
    let verdict = segment.payloadLength > 0 || flags.hasSYN ? segment.checksum(in: bytes) : .unknown
    if sender.recent.hasSeen(
      segment, isDoubtful: sender.isDoubtful(verdict), now: work.now, span: work.limits.duplicateSpan,
      unidentified: work.limits.unidentifiedDuplicateSpan)
    {
      sender.counts.duplicateFrames += 1
      receiver.recent.expectCopies()
      return
    }
    sender.counts.packets += 1
    if flags.hasRST {
      receiveReset(segment, from: peer, sender: &sender, receiver: receiver, frame, &life, work)
      return
    }
    let isSYN = flags.hasSYN
    if segment.payloadLength > 0 || isSYN, !sender.accepts(verdict) {
      sender.counts.badChecksums += 1
      if !isSYN { sender.setAside(segment, of: bytes, frame: frame, &work) }
      return
    }
    if !sender.isSeen, receiver.isOnlySYN, flags.hasACK,
      abs(receiver.position(of: TCPSequence(segment.acknowledgment))) > Connection.stragglerReach
    {
      // RFC 9293 section 3.10.7.3: it belongs to an earlier connection and is answered with a reset.
      return
    }
    // A SYN takes the sequence number before its payload (RFC 9293 section 3.4, RFC 7413).
    let sequence = TCPSequence(segment.sequence).advanced(by: isSYN ? 1 : 0)
    if isSYN {
      if sender.marks.contains(.synSeen) {
        sender.counts.retransmittedSegments += 1
      } else if sender.isKnown, sender.position == 0, sender.held.isEmpty, sender.counts.bytes == 0 {
        // It was captured behind a segment that acknowledges more than it.
        sender.rebase(to: sequence)
      }
      sender.marks.insert(.synSeen)
    }
    if !sender.isKnown { sender.begin(at: sequence) }
    sender.marks.insert(.seen)
    sender.marks.remove(.uncaptured)
    sender.path.saw(segment, now: work.now)
    sender.path.note(segment)
    let windowWasClosed = sender.marks.contains(.windowClosed)
    if segment.window == 0, !isSYN {
      sender.counts.zeroWindows += 1
      sender.marks.insert(.windowClosed)
      sender.path.closedWindow(
        isNew: !windowWasClosed, others: receiver.counts.packets, frame: frame, now: work.now)
    } else if windowWasClosed {
      sender.marks.remove(.windowClosed)
      sender.path.openedWindow(others: receiver.counts.packets, now: work.now)
    }
    var acknowledged = 0
    if flags.hasACK {
      let before = receiver.acknowledged
      acknowledged = receiver.takeAcknowledgment(
        TCPSequence(segment.acknowledgment),
        window: receiver.isSeen ? work.limits.window : StreamDirection.largestWindow)
      if receiver.acknowledged > before {
        receiver.path.acknowledged(to: receiver.acknowledged, now: work.now)
      }
      if acknowledged > receiver.finPosition { receiver.marks.insert(.finAcknowledged) }
      if acknowledged >= receiver.position {
        receiver.path.allAcknowledged(by: segment.payloadLength, of: sender.path)
      }
      if let selective = segment.options.selectiveAcknowledgment {
        receiver.path.selectivelyAcknowledged(
          selective, front: receiver.acknowledged, now: work.now, copies: work.limits.unidentifiedDuplicateSpan)
      }
    }
    life.handshake(segment, from: peer, frame, clientKnowsServer: receiver.isKnown)
    if segment.payloadLength == 0, !flags.hasFIN {
      // A keep-alive or a probe, an acknowledgement, a window update: nothing for this direction.
      let claimed = sender.position(of: sequence) - (sender.finPosition == .max ? 0 : 1)
      if claimed > sender.highest, claimed - sender.highest < work.limits.window { sender.path.claimed(claimed) }
      return
    }
    let start = sender.position(of: sequence)
    let end = start + segment.payloadLength
    let window = receiver.isSeen ? work.limits.window : StreamDirection.largestWindow
    guard sender.isPlausible(end: end, window: window), start > sender.position - StreamDirection.largestWindow else {
      work.counts.strayBytes += segment.payload.count
      return
    }
    if segment.payloadLength > 0 {
      let part = StreamPart(
        start: start, end: end, payload: segment.payload, requirement: acknowledged, frame: frame)
      if segment.isClipped { sender.counts.clippedSegments += 1 }
      if end > sender.highest, start >= sender.resetPosition, life.revive(peer) { sender.resetPosition = .max }
      if start >= sender.highest {
        sender.path.sent(
          segment.payloadLength, to: end, isFirst: sender.acknowledged >= start, largest: receiver.path.segmentLimit,
          now: work.now, frame: frame)
      }
      if case .right = verdict, !isSYN {
        if start >= sender.highest {
          sender.lastPayload.add(segment, in: bytes)
        } else {
          let count = sender.lastPayload.contradicted(by: segment, in: bytes)
          if count > 0 { sender.path.contradicted(count, frame: frame) }
        }
      }
      let repeatedBefore = sender.counts.retransmittedSegments
      sender.take(
        part, of: bytes, id: id, from: peer, reach: receiver.reach,
        windowClosed: receiver.marks.contains(.windowClosed), &life, &work)
      if sender.counts.retransmittedSegments > repeatedBefore {
        sender.path.repeated(
          from: start, to: end, front: sender.front, largest: receiver.path.segmentLimit, segment, frame: frame,
          now: work.now)
      }
    }
    let finWasKnown = sender.finPosition != .max
    if finWasKnown, flags.hasFIN, segment.payloadLength == 0, end == sender.finPosition {
      sender.path.repeated(from: end, to: end, front: sender.front, largest: .max, segment, frame: frame, now: work.now)
    }
    if flags.hasFIN, sender.takeFIN(at: end, bare: segment.payloadLength == 0, requirement: acknowledged) {
      life.finished(by: peer, isSecond: receiver.finPosition != .max, work)
      // Whoever acknowledges the other's FIN with its own came second, in whatever order they were captured.
      if acknowledged > receiver.finPosition { life.closedFirst(peer.other) }
      if receiver.finPosition != .max, receiver.finRequirement > sender.finPosition { life.closedFirst(peer) }
    }
  }

  /// RFC 9293 section 3.5.3: a reset outside of the window is not obeyed. It may be forged, or come from a box between.
  private static func receiveReset(
    _ segment: TCPSegment, from peer: Peer, sender: inout StreamDirection, receiver: StreamDirection,
    _ frame: FrameDescriptor, _ life: inout ConnectionLife, _ work: StreamWork
  ) {
    sender.path.reset(
      by: segment, ahead: sender.isKnown ? sender.position(of: TCPSequence(segment.sequence)) - sender.end : 0,
      packets: sender.counts.packets - 1, frame: frame)
    if life.opening == .unanswered, peer == .server, !sender.isSeen {
      // RFC 9293 section 3.10.7.1: the reset acknowledges the SYN.
      if !segment.flags.hasACK || receiver.position(of: TCPSequence(segment.acknowledgment)) >= 0 {
        life.opening = .refused
        life.reset(by: peer, work)
        return
      }
    }
    guard sender.isKnown else {
      life.doubtfulReset = peer
      return
    }
    let position = sender.position(of: TCPSequence(segment.sequence))
    let lowest = min(sender.position, sender.acknowledged) - 1
    let highest = max(sender.highest, sender.acknowledged) + Connection.stragglerReach
    guard position >= lowest, position <= highest else {
      life.doubtfulReset = peer
      return
    }
    sender.resetPosition = position
    life.reset(by: peer, work)
  }
}

extension ConnectionFacts {
  fileprivate init(of connection: borrowing Connection, now: Int64, flow account: FlowAccount?) {
    let key = connection.key
    var (clientPath, serverPath) = (PathFacts(), PathFacts())
    connection.client.fill(&clientPath, other: connection.server, until: connection.lastSeen)
    connection.server.fill(&serverPath, other: connection.client, until: connection.lastSeen)
    var silence = connection.silence.facts(client: connection.client, server: connection.server)
    silence.afterwards = max(0, now - connection.lastSeen)
    var errors: [PathError] = []
    let errorCount = connection.client.path.addErrors(to: &errors) + connection.server.path.addErrors(to: &errors)
    let (clientCounts, serverCounts) = (connection.client.counts, connection.server.counts)
    self.init(
      client: connection.clientIsLow ? key.low : key.high, server: connection.clientIsLow ? key.high : key.low,
      opening: connection.life.opening, closing: connection.life.closing, firstFrame: connection.life.firstFrame,
      lastFrame: connection.life.lastFrame, handshakeDuration: connection.life.handshakeDuration,
      serverRoundTrip: connection.life.serverRoundTrip, clientRoundTrip: connection.life.clientRoundTrip,
      stalls: connection.stalls, clientToServer: clientCounts, serverToClient: serverCounts, clientPath: clientPath,
      serverPath: serverPath, silence: silence, errors: errors, errorCount: errorCount,
      flow: account?.facts(missing: (clientCounts.missingBytes, serverCounts.missingBytes)))
  }
}
